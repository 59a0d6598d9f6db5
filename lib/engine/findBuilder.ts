import { Fault, noBuilder } from '../fault/fault.ts';
import { spellName } from '../fault/spelling.ts';
import type { RemoteRepository } from '../registry/push/remoteRepository.ts';
import type { Builder } from './builder.ts';
import type { BuilderChoice } from './builderChoice.ts';
import { findGivenBuilder } from './givenBuilder.ts';
import { useOwnBuilder } from './ownBuilder.ts';

/**
 * The builder for a run: the one that is there if it can do the job, else an engine of the project's own, with a word
 * on why. `registry` is where images of the run's own go on a builder that is there. Throws a Fault (no builder) where neither is possible, or where it has to be sealed and cannot be.
 */
export async function findBuilder(
  choice: BuilderChoice,
  say: (line: string) => void,
  signal?: AbortSignal,
  registry?: RemoteRepository,
): Promise<Builder> {
  let [why, next]: [why: string, next: string | undefined] = ['', undefined];
  if (choice === 'auto') {
    const given = await findGivenBuilder(signal, registry);
    if ('builder' in given) return given.builder;
    ({ unfit: why, next } = given);
    say(`${why}: using an engine of the project’s own${next === undefined ? '' : `; ${next}`}`);
  }
  if (registry !== undefined)
    say(
      `${spellName('MARKER_REGISTRY')} is left aside: the project’s own engine pulls the markers from its loopback`,
    );
  const builder = await useOwnBuilder({ say, signal }).catch((error: unknown) => {
    if (!(error instanceof Fault) || why === '') throw error;
    throw new Fault(
      [{ message: why, ...(next === undefined ? {} : { next }) }, ...error.complaints],
      error.exitStatus,
    );
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
