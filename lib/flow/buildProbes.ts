import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { formatBakeData, type BakeWorker } from '../bake/bakeData.ts';
import type { Builder } from '../engine/builder.ts';
import { platformSlug } from '../oci/platform.ts';
import type { Conversion } from '../policy/generatePolicy.ts';
import type { Progress } from '../progress/progress.ts';
import { countHangs, HANGS_MAX, inWaves } from './hangs.ts';
import { dockerfileReader, planJoined, type JoinedProbes, type Member } from './joinProbes.ts';
import type { BuildOutcome } from './runRecord.ts';
import { solve } from './solve.ts';
import { solveJoined } from './solveJoined.ts';

/** Workers that are built under the same source policy, or under none. */
export interface ProbeGroup {
  name: string;
  workers: readonly BakeWorker[];
  policyFile?: string | undefined;
  /** The rules of that policy, where they are the generated ones and nothing else. */
  rules?: readonly Conversion[] | undefined;
}

/** What became of one worker's probe on one platform. */
export interface BuiltProbe {
  worker: BakeWorker;
  platform: string;
  /** The layout that holds this platform, and all platforms that it should hold. */
  layout: string;
  platforms: readonly string[];
  /** The folder of the probe in that layout's images, where it shares them with others: `/<worker>`. */
  folder: string;
  /** The target under which the metadata has its provenance. */
  target: string;
  metadata: string;
  /** The source policy that it was built under. */
  policyFile?: string | undefined;
  outcome: BuildOutcome;
  /** Wall time of the build that it was part of. */
  seconds: number;
}

export interface BuildProbesOptions {
  builder: Builder;
  bakeFile: string;
  stages: string;
  run: string;
  /** Milliseconds for one build. */
  timeout: number;
  /** False builds no two workers in one solve, so that each has a layout of its own. */
  together?: boolean;
  say: (line: string) => void;
  progress?: Progress | undefined;
  signal?: AbortSignal | undefined;
}

/** BuildKit does the work; more calls at once than this only wait for it. */
const AT_ONCE = 2;
/** Calls that a hang may be in wait for the limit and for nothing else. */
const AT_ONCE_AFTER_HANG = 4;
/** Workers in one call of bake. */
const WORKERS_MAX = 32;
/** A solve of many workers is tried again without those that failed, so many times. */
const TOGETHER_MAX = 4;

/**
 * Builds the probe of each worker: those that can be, many in one solve, the others a group in one bake. Either stops at
 * its first error, so what fails is built again in parts: each worker by itself, and where that fails each platform by
 * itself. What was built comes from the cache, and what fails alone is told apart from what only stood beside it. Where a
 * part takes longer than the limit its cells are built one by one at once; where so many of a subject do, and none ends,
 * every other distro of it is waited for once more and its other cells are not.
 */
export async function buildProbes(
  groups: readonly ProbeGroup[],
  options: BuildProbesOptions,
): Promise<BuiltProbe[]> {
  // For bake by hand; a call reads only what is its own.
  const workers = groups.flatMap((group) => group.workers);
  await writeFile(join(options.run, 'workers.json'), dataOf(workers, options));
  for (const name of ['metadata', 'targets']) await mkdir(join(options.run, name), { recursive: true });
  const hangs = countHangs();
  const limits = { first: pLimit(AT_ONCE), hanging: pLimit(AT_ONCE_AFTER_HANG) };

  const settle = async (part: Part, limit = limits.first): Promise<BuiltProbe[]> => {
    const built = await limit(() => {
      if (part.workers.some(hangs.hopeless)) return undefined;
      return solvePart(part, options);
    });
    if (built === undefined) {
      const [given, rest] = partBy(part, hangs.hopeless);
      const left = rest === undefined ? [] : await settle(rest, limit);
      return [...(given === undefined ? [] : notBuilt(given, options.timeout)), ...left];
    }
    hangs.note(built);
    if (built.every(({ outcome }) => outcome.ok)) return built;
    const hung = built.some(({ outcome }) => !outcome.ok && outcome.timedOut);
    const parts = hung ? splitCells(part) : splitPart(part);
    if (parts.length === 0) return built;
    options.say(
      `${part.name} ${hung ? 'took longer than the limit' : 'failed'}: building its parts by themselves`,
    );
    return settleParts(parts, hung, limit);
  };
  const settleParts = async (parts: readonly Part[], hung: boolean, limit = limits.first) => {
    const settled: BuiltProbe[] = [];
    // The first of a hanging subject speak for those that come after, which would all start at once otherwise.
    for (const wave of hung ? inWaves(parts, ({ workers: [worker] }) => worker) : [parts])
      settled.push(
        ...(await Promise.all(wave.map((one) => settle(one, hung ? limits.hanging : limit)))).flat(),
      );
    return settled;
  };

  const files = await dockerfileReader(join(options.stages, 'probe.Dockerfile'));
  const settleJoined = async (
    joined: JoinedProbes,
    members: readonly Member[],
    tries: number,
  ): Promise<BuiltProbe[]> => {
    const { built, apart, again, hung } = await limits.first(() =>
      solveJoined(joined, members, files, options),
    );
    hangs.note(built);
    if (apart.length > 0) {
      const failed = hung ? 'took longer than the limit' : 'failed';
      options.say(
        `${apart.length} of ${members.length} workers that were built together ${failed}: building them by themselves`,
      );
    }
    const alone = [...apart, ...(tries > 1 ? [] : again)].map(({ worker, group }): Part => ({
      name: worker.name,
      workers: [worker],
      policyFile: group.policyFile,
      split: false,
    }));
    const parts = hung ? alone.flatMap((one) => (isCell(one) ? [one] : splitCells(one))) : alone;
    const [others, rest] = await Promise.all([
      tries > 1 && again.length > 0 ? settleJoined(joined, again, tries - 1) : [],
      settleParts(parts, hung),
    ]);
    return [...built, ...others, ...rest];
  };

  // buildx exports no target that spans nodes, so there each platform has a solve of its own.
  const isApart = options.together === false || options.builder.nodes !== undefined;
  const { joined, apart } = isApart ? { joined: [], apart: groups } : await planJoined(groups, files);
  const settled = await Promise.all([
    ...joined.map((one) => settleJoined(one, one.members, TOGETHER_MAX)),
    ...apart
      .flatMap((group) => partsOf(group, options.builder))
      .flatMap(inCalls)
      .map((part) => settle(part)),
  ]);
  return settled.flat();
}

function notBuilt(part: Part, timeout: number): BuiltProbe[] {
  const log = `ERROR: not built: the ${HANGS_MAX} cells of this subject before it each took longer than the time limit of ${timeout / 1000} s`;
  return probesOf(part, { metadata: '', outcome: { ok: false, log, timedOut: false }, seconds: 0 });
}

/** The probes of a part, which have their build in common. */
function probesOf(
  { workers, policyFile }: Part,
  built: Pick<BuiltProbe, 'metadata' | 'outcome' | 'seconds'>,
): BuiltProbe[] {
  return workers.flatMap((worker) =>
    worker.platforms.map((platform) => ({
      worker,
      platform,
      layout: worker.out,
      folder: '',
      target: worker.name,
      platforms: worker.platforms,
      ...(policyFile === undefined ? {} : { policyFile }),
      ...built,
    })),
  );
}

/** A group, one worker of it, or one worker on one platform. */
interface Part extends ProbeGroup {
  /** Whether its layouts are by platform. */
  split: boolean;
}

/**
 * What is built of a group in one bake: all of it, or on a builder of several machines each platform by itself, because
 * buildx exports no OCI layout of what more than one of them has built.
 */
function partsOf(group: ProbeGroup, { nodes }: Builder): Part[] {
  if (nodes === undefined) return [{ ...group, split: false }];
  const platforms = new Set(group.workers.flatMap((worker) => worker.platforms));
  return [...platforms].map((platform) => {
    const workers = group.workers.filter((worker) => worker.platforms.includes(platform));
    return {
      ...group,
      name: `${group.name}-${platformSlug(platform)}`,
      workers: workers.map((worker) => onPlatform(worker, platform)),
      split: true,
    };
  });
}

function onPlatform(worker: BakeWorker, platform: string): BakeWorker {
  return { ...worker, platforms: [platform], out: join(worker.out, platformSlug(platform)) };
}

/** The workers that a test holds for, and the others. */
function partBy(
  part: Part,
  holds: (worker: BakeWorker) => boolean,
): [yes: Part | undefined, no: Part | undefined] {
  const of = (workers: BakeWorker[]) => (workers.length === 0 ? undefined : { ...part, workers });
  return [of(part.workers.filter(holds)), of(part.workers.filter((worker) => !holds(worker)))];
}

function splitCells(part: Part): Part[] {
  const parts = splitPart(part);
  return parts.flatMap((one) => (isCell(one) ? [one] : splitCells(one)));
}

function isCell({ workers: [worker, another] }: Part): boolean {
  return another === undefined && worker?.platforms.length === 1;
}

function splitPart({ name, workers, policyFile, split }: Part): Part[] {
  const [worker] = workers;
  if (workers.length > 1) {
    return workers.map((one) => ({ name: one.name, workers: [one], policyFile, split }));
  }
  if (worker === undefined || worker.platforms.length < 2) return [];
  return worker.platforms.map((platform) => {
    const one = onPlatform(worker, platform);
    return { name: `${name}-${platformSlug(platform)}`, workers: [one], policyFile, split: true };
  });
}

function dataOf(workers: readonly BakeWorker[], { stages }: Pick<BuildProbesOptions, 'stages'>): string {
  return formatBakeData({ stages, distros: [], workers });
}

/** A part in calls of so many workers: bake takes a time for its data that grows with the square of its length. */
function inCalls(part: Part): Part[] {
  const calls: Part[] = [];
  for (let at = 0; at < part.workers.length; at += WORKERS_MAX) {
    const name = at === 0 ? part.name : `${part.name}-${at / WORKERS_MAX + 1}`;
    calls.push({ ...part, name, workers: part.workers.slice(at, at + WORKERS_MAX) });
  }
  return calls;
}

async function solvePart(part: Part, options: BuildProbesOptions): Promise<BuiltProbe[]> {
  const { name, workers, policyFile, split } = part;
  const { builder, bakeFile, run, timeout, say, progress, signal } = options;
  const data = join(run, 'targets', `${name}.json`);
  await writeFile(data, dataOf(workers, options));
  const metadata = join(run, 'metadata', `${name}.json`);
  const set = workers
    .filter(() => split)
    .flatMap((worker) => [
      `${worker.name}.platform=${worker.platforms.join(',')}`,
      `probe-${worker.name}.platform=${worker.platforms.join(',')}`,
      `probe-${worker.name}.output=type=oci,dest=${worker.out},tar=false`,
    ]);
  const solved = await solve(
    builder,
    {
      files: [bakeFile, data],
      targets: workers.map((worker) => `probe-${worker.name}`),
      set,
      metadataFile: metadata,
      policyFile,
      progress,
      timeout,
      signal,
    },
    { name, say },
  );
  return probesOf(part, { metadata, ...solved });
}
