import { join } from 'node:path';
import type { ResolvedBase } from '../base/resolveBases.ts';
import { buildPlatformsOf } from '../engine/buildPlatforms.ts';
import { requireAnswer } from '../engine/onBuilder.ts';
import type { Distro } from '../matrix/types.ts';
import type { CanaryResult } from '../proof/canary.ts';
import { keyName } from '../proof/seal.ts';
import { frontendWarning } from './frontendWarning.ts';
import { imageDistros } from './imageDistros.ts';
import { markDistros, SWAPPED, type MarkedDistros } from './markDistros.ts';
import { probeDistros } from './probeDistros.ts';
import { writeRunRecord, type BuiltCell, type RunRecord } from './runRecord.ts';
import type { RunRequest } from './runRequest.ts';
import { FRESH_STEPS, type Note, type RunSteps } from './runSteps.ts';

/**
 * Builds everything that a check needs: bases, marker images, canaries, and the probes of every cell and control. What
 * it leaves below `out` is on record in `run/run.json`, which it returns. `steps` may be such that take over what an
 * earlier run came to (see `keepSteps`).
 */
export async function buildRun(request: RunRequest, steps: RunSteps = FRESH_STEPS): Promise<RunRecord> {
  const { distros, builder, subject, out, say, signal } = request;
  const buildPlatforms = builder.nodes?.map((node) => node.buildPlatform) ?? [builder.platform];
  const images = imageDistros(distros, request.rows, buildPlatforms);
  const startedAt = new Date().toISOString();
  const notes = [...request.notes];
  const note = (line: string) => {
    say(line);
    notes.push(line);
  };
  const warning = frontendWarning(builder, subject, request.frontend !== undefined);
  if (warning !== undefined) note(warning);
  const bases = await steps.resolveBases({
    distros: images,
    builder,
    layouts: request.bases,
    requireReal: request.requireRealBases,
    say,
    note,
    signal,
  });
  const [[canaries, routes], { marked, built }] = await bothEnded(
    bothEnded(tryAllCanaries(request, steps, note), buildPlatformsOf(builder, platformsOf(distros), signal)),
    markAndProbe(request, images, bases, { steps, note }),
  );

  const isSuspect =
    built.some(({ outcome }) => !outcome.ok) || canaries.some(({ outcome }) => outcome === 'unknown');
  // What fails on a builder that has gone says nothing of the subject, and must not be judged.
  if (isSuspect) await requireAnswer(builder, signal);

  const record: RunRecord = {
    version: 1,
    startedAt,
    seconds: (performance.now() - request.started) / 1000,
    sealedBy: keyName(request.key),
    subject: subject.name,
    inputs: request.inputs,
    ...(request.shard === undefined ? {} : { shard: request.shard }),
    given: request.given,
    builder: {
      kind: builder.kind,
      name: builder.name,
      driver: builder.driver,
      sealed: builder.sealed,
      ...(builder.unsealedBecause === undefined ? {} : { unsealedBecause: builder.unsealedBecause }),
      platform: builder.platform,
      ...(builder.nodes === undefined
        ? {}
        : {
            nodes: builder.nodes.map(({ name, platform }) => ({ name, platform })),
            buildPlatforms: routes,
          }),
      versions: builder.versions,
    },
    bases: Object.fromEntries(
      distros.map(({ name, baseRef }) => [
        name,
        { ref: baseRef, ...(bases.get(name) ?? { problem: 'not looked for' }) },
      ]),
    ),
    markers: markersOf(marked),
    canaries,
    allowEmulator: request.allowEmulator,
    cells: [...built, ...failedCells(request, marked.failures)],
    notes,
  };
  await writeRunRecord(out.path, record, request.key);
  return record;
}

/** Waits for both although one fails: what the other still runs must not outlive the builder and the lock. */
async function bothEnded<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

async function markAndProbe(
  request: RunRequest,
  images: readonly Distro[],
  bases: ReadonlyMap<string, ResolvedBase>,
  { steps, note }: { steps: RunSteps; note: Note },
): Promise<{ marked: MarkedDistros; built: BuiltCell[] }> {
  request.say('building the marker images');
  request.progress?.enter('markers');
  const marked = await markDistros(request, images, bases);
  request.say('building the workers and their probes');
  request.progress?.enter('probes');
  return { marked, built: await probeDistros(request, marked, steps, note) };
}

function markersOf({ ready, swapped }: MarkedDistros): RunRecord['markers'] {
  const markers = Object.fromEntries(ready.map(({ distro, marker }) => [distro.name, marker]));
  if (swapped !== undefined) markers[`${SWAPPED}/${swapped.distro.name}`] = swapped.marker;
  return markers;
}

function tryAllCanaries(
  { distros, builder, stages, out, signal }: RunRequest,
  steps: RunSteps,
  note: Note,
): Promise<CanaryResult[]> {
  const options = {
    builder,
    platforms: platformsOf(distros),
    folder: join(out.path, 'run/canary'),
    dockerfile: join(stages, 'canary.Dockerfile'),
    signal,
  };
  return steps.tryCanaries(options, note);
}

function platformsOf(distros: readonly Distro[]): string[] {
  return [...new Set(distros.flatMap(({ platforms }) => platforms))];
}

/** The cells of distros that have no marker image: not built, and said so. */
function failedCells({ distros, paths }: RunRequest, failures: ReadonlyMap<string, string>): BuiltCell[] {
  return distros.flatMap(({ name, platforms }) => {
    const log = failures.get(name);
    if (log === undefined) return [];
    return paths.flatMap((path) =>
      platforms.map((platform) => ({
        distro: name,
        path,
        platform,
        target: `${path}-${name}`,
        layout: '',
        folder: '',
        platforms,
        metadata: '',
        outcome: { ok: false as const, log, timedOut: false },
        seconds: 0,
      })),
    );
  });
}
