import { Fault, noBuilder } from '../fault/fault.ts';
import { spellName, spellOption } from '../fault/spelling.ts';
import type { RemoteRepository } from '../registry/push/remoteRepository.ts';
import type { Builder } from './builder.ts';
import type { BuilderChoice } from './builderChoice.ts';
import { findGivenBuilder } from './givenBuilder.ts';
import { keptBuilder, useOwnBuilder } from './ownBuilder.ts';

/**
 * The builder for a run: the one that is there if it can do the job, else an engine of the project's own, with a word
 * on why; that engine too where it is the Docker of this shell (see `make engine`).
 *
 * @param registry where images of the run's own go on a builder that is there.
 * @throws {Fault} (no builder) where neither is possible, where a person named a builder that cannot do the job, or where it
 * has to be sealed and cannot be.
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
    const kept = await ownOfThisShell();
    if (kept !== undefined) return kept;
    requireUnnamed(why, next);
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

/** The project's own engine, where it is kept up and is what this shell calls Docker. */
export async function ownOfThisShell(): Promise<Builder | undefined> {
  const host = process.env['DOCKER_HOST'] ?? '';
  const kept = host === '' ? undefined : await keptBuilder();
  return kept?.env['DOCKER_HOST'] === host ? kept : undefined;
}

/** The builder of buildx's that a person has named, which buildx takes in the place of the current one. */
export function namedBuilder(): string | undefined {
  return process.env['BUILDX_BUILDER'] || undefined;
}

/**
 * Lets no other builder take the place of one that a person has named.
 *
 * @param why what it cannot do.
 * @param next what would make it fit.
 * @throws {Fault} (no builder) where `BUILDX_BUILDER` is set.
 */
export function requireUnnamed(why: string, next: string | undefined): void {
  const named = namedBuilder();
  if (named === undefined) return;
  const other = `name another builder, or leave BUILDX_BUILDER out and take ${spellOption('BUILDER', 'own')}`;
  throw noBuilder(
    `BUILDX_BUILDER=${named} cannot be used: ${why}`,
    next === undefined ? other : `${next}; or ${other}`,
  );
}
