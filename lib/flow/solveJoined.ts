import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportOf } from '../bake/bakeTarget.ts';
import { normalizedIfRef } from '../matrix/imageRef.ts';
import { readMetadata } from '../proof/provenance.ts';
import { stepsOfFolder } from '../proof/stepsOfFolder.ts';
import type { BuiltProbe, BuildProbesOptions } from './buildProbes.ts';
import { writeJoined, type DockerfileReader, type JoinedProbes, type Member } from './joinProbes.ts';
import { agrees } from './mergePolicies.ts';
import type { BuildOutcome } from './runRecord.ts';
import { solve } from './solve.ts';

/** What became of a solve of several workers. */
export interface SolvedTogether {
  built: BuiltProbe[];
  /** Members that have to be built apart: the solve failed in them, or did not treat them as a build of their own would. */
  apart: readonly Member[];
  /** Members that were only in the same solve as one that failed. */
  again: readonly Member[];
  hung: boolean;
}

/**
 * Builds the probes of some members of a joined set in one solve. A solve fails as a whole: the members whose steps
 * failed are told by the names of those steps, and the others can be built again together.
 */
export async function solveJoined(
  joined: JoinedProbes,
  members: readonly Member[],
  files: DockerfileReader,
  options: BuildProbesOptions,
): Promise<SolvedTogether> {
  const { builder, run, say, timeout, progress, signal } = options;
  const { bakeFile, target, layout, policyFile } = await writeJoined(
    joined,
    members,
    files,
    join(run, 'together'),
  );
  const metadata = join(run, 'metadata', `${joined.name}.json`);
  const workers = members.map(({ worker }) => worker.name);
  const { outcome, seconds } = await solve(
    builder,
    {
      files: [bakeFile],
      targets: [exportOf(target)],
      standsFor: workers.map((name) => `probe-${name}`),
      metadataFile: metadata,
      policyFile,
      progress,
      timeout,
      signal,
    },
    { name: `${workers.length} workers`, say },
  );
  if (!outcome.ok) {
    const failed = members.filter(({ worker }) =>
      failedIn(outcome, worker.name, joined.images.get(worker.name) ?? []),
    );
    const isTold = failed.length > 0 && failed.length < members.length;
    return {
      built: [],
      apart: isTold ? failed : members,
      again: isTold ? members.filter((one) => !failed.includes(one)) : [],
      hung: outcome.timedOut,
    };
  }
  const unlike = await treatedUnlike(joined, members, metadata, target);
  const built = members
    .filter((member) => !unlike.includes(member))
    .flatMap(({ worker, group }) =>
      worker.platforms.map((platform): BuiltProbe => ({
        worker,
        platform,
        layout,
        folder: `/${worker.name}`,
        target,
        platforms: worker.platforms,
        metadata,
        ...(group.policyFile === undefined ? {} : { policyFile: group.policyFile }),
        outcome,
        seconds,
      })),
    );
  return { built, apart: unlike, again: [], hung: false };
}

/**
 * Whether a step of that worker's failed. What failed is quoted with its step's name: that begins with the stage's, or
 * names an image that could not be looked up.
 */
function failedIn(outcome: BuildOutcome & { ok: false }, worker: string, images: readonly string[]): boolean {
  const named = images.map(normalizedIfRef);
  return [...outcome.log.matchAll(/^ > \[([^\]]*)\](?: load metadata for (\S+):)?/gm)].some(
    ([, words = '', image]) =>
      words.split(' ').some((word) => word.startsWith(`${worker}.`)) ||
      (image !== undefined && named.includes(normalizedIfRef(image))),
  );
}

/**
 * The members for which the merged policy was not what their own is: a source that no Dockerfile names came to light only
 * in the build.
 */
async function treatedUnlike(
  { policy: { merged }, platforms }: JoinedProbes,
  members: readonly Member[],
  metadata: string,
  target: string,
): Promise<Member[]> {
  if (merged === undefined) return [];
  const text = await readFile(metadata, 'utf8').catch(() => '');
  const provenances = [
    ...(readMetadata(text, metadata, () => platforms)
      .targets.get(target)
      ?.values() ?? []),
  ];
  return members.filter(({ worker }) =>
    provenances.some(({ steps }) =>
      stepsOfFolder(steps, `/${worker.name}`).some(
        ({ op }) =>
          op.kind === 'source' &&
          !agrees(merged, worker.name, {
            identifier: op.identifier,
            attrs: new Map(Object.entries(op.attrs)),
          }),
      ),
    ),
  );
}
