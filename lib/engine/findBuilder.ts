import { Fault, noBuilder } from '../fault/fault.ts';
import type { Builder } from './builder.ts';
import { findGivenBuilder } from './givenBuilder.ts';
import { useOwnBuilder } from './ownBuilder.ts';

/** Which builder a person wants: what there is, the project's own engine, or that one only if it can be sealed. */
export const BUILDER_CHOICES = ['auto', 'own', 'sealed'] as const;
export type BuilderChoice = (typeof BUILDER_CHOICES)[number];

/**
 * The builder for a run: the one that is there if it can do the job, else an engine of the project's own, with a word
 * on why. Throws a Fault (no builder) where neither is possible, or where it has to be sealed and cannot be.
 */
export async function findBuilder(
  choice: BuilderChoice,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<Builder> {
  let why = '';
  if (choice === 'auto') {
    const given = await findGivenBuilder(signal);
    if ('builder' in given) return given.builder;
    why = given.unfit;
    say(`${why}: using an engine of the project’s own`);
  }
  const builder = await useOwnBuilder({ say, signal }).catch((error: unknown) => {
    if (!(error instanceof Fault) || why === '') throw error;
    throw new Fault([{ message: why }, ...error.complaints], error.exitStatus);
  });
  if (choice === 'sealed' && !builder.sealed) {
    await builder.stop();
    throw noBuilder(
      `the engine cannot be sealed: ${builder.unsealedBecause ?? 'no reason given'}`,
      'it needs Linux 6.7 or later with binfmt_misc; on an older kernel take the emulators out: docker run --privileged --rm tonistiigi/binfmt --uninstall "*"',
    );
  }
  return builder;
}
