import { noBuilder } from '../fault/fault.ts';
import type { Builder } from './builder.ts';
import type { RemoteRepository } from '../registry/push/remoteRepository.ts';
import { CommandError, logEnd } from './commandError.ts';
import { inspectBuilder } from './dockerCli.ts';
import { EngineGone } from './engineLife.ts';
import type { BuilderChoice } from './builderChoice.ts';
import { findBuilder } from './findBuilder.ts';

/**
 * Does something on a builder (see `findBuilder`), which is stopped afterwards. Where the project's own engine ends
 * meanwhile, `work` is cancelled by the signal that it is given, and is done once more from its beginning on an engine that is
 * started again. Throws a Fault (no builder) where that one ends too, or where a builder that was there answers no more.
 */
export async function onBuilder<T>(
  choice: BuilderChoice,
  {
    say,
    signal,
    registry,
  }: {
    say: (line: string) => void;
    signal: AbortSignal;
    /** Where images of the run's own go on a builder that is there. */
    registry?: RemoteRepository | undefined;
  },
  work: (builder: Builder, signal: AbortSignal, isAgain: boolean) => Promise<T>,
): Promise<T> {
  for (let isAgain = false; ; isAgain = true) {
    const builder = await findBuilder(choice, say, signal, registry);
    try {
      const { life } = builder;
      return await work(builder, life === undefined ? signal : AbortSignal.any([signal, life.gone]), isAgain);
    } catch (error) {
      signal.throwIfAborted();
      const gone = await whyGone(builder, signal);
      if (gone === undefined) throw error;
      if (isAgain || !(gone instanceof EngineGone)) throw refusal(gone);
      say(`${gone.message}\nstarting it again, and building all of it again`);
    } finally {
      await builder.stop();
    }
  }
}

/** Throws the EngineGone or a Fault (no builder) where the builder answers no more: what failed on it then says nothing. */
export async function requireAnswer(builder: Builder, signal?: AbortSignal): Promise<void> {
  const gone = await whyGone(builder, signal);
  if (gone !== undefined) throw gone;
}

async function whyGone(builder: Builder, signal?: AbortSignal): Promise<Error | undefined> {
  try {
    builder.life?.requireUp();
    if (builder.life !== undefined) return undefined;
    const { error } = await inspectBuilder(builder, signal);
    return error === '' ? undefined : noAnswer(builder, error);
  } catch (error) {
    if (error instanceof EngineGone) return error;
    if (error instanceof CommandError && !error.cancelled) return noAnswer(builder, error.output);
    throw error;
  }
}

function noAnswer({ name }: Builder, words: string) {
  const end = logEnd(words).split('\n').at(-1) ?? '';
  return noBuilder(`the builder ${name} does not answer any more: ${end}`, 'start it, then run again');
}

function refusal(gone: Error): Error {
  if (!(gone instanceof EngineGone)) return gone;
  return noBuilder(
    `${gone.message}\nand it did so before, in this same run`,
    'see what ends it: memory that runs out (`dmesg`), or a program that kills it',
  );
}
