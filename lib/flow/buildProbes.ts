import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { formatBakeData, type BakeWorker } from '../bake/bakeData.ts';
import { runBake } from '../bake/runBake.ts';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/commandError.ts';
import { isControl } from './controls.ts';
import type { BuildOutcome } from './runRecord.ts';

/** Workers that are built under the same source policy, or under none. */
export interface ProbeGroup {
  name: string;
  workers: readonly BakeWorker[];
  policyFile?: string | undefined;
}

/** What became of one worker's probe on one platform. */
export interface BuiltProbe {
  worker: BakeWorker;
  platform: string;
  /** The layout that holds this platform, and all platforms that it should hold. */
  layout: string;
  platforms: readonly string[];
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
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** BuildKit does the work; more calls at once than this only wait for it. */
const AT_ONCE = 2;
/** Calls that a hang may be in wait for the limit and for nothing else. */
const AT_ONCE_AFTER_HANG = 4;
/** So many cells of a subject that came to the limit, and none that ended before it, speak for all of their distros. */
const HANGS_MAX = 8;

/**
 * Builds the probe of each worker, a group in one bake. A bake stops at its first error, so a group that fails is built
 * again in parts: each worker by itself, and where that fails each platform by itself. What was built comes from the
 * cache, and what fails alone is told apart from what only stood beside it. Where a group takes longer than the limit
 * its cells are built one by one at once; where so many of a subject do, and none ends, every other distro of it is
 * waited for once more and its other cells are not.
 */
export async function buildProbes(
  groups: readonly ProbeGroup[],
  options: BuildProbesOptions,
): Promise<BuiltProbe[]> {
  const data = join(options.run, 'workers.json');
  const workers = groups.flatMap((group) => group.workers);
  await writeFile(data, formatBakeData({ stages: options.stages, distros: [], workers }));
  await mkdir(join(options.run, 'metadata'), { recursive: true });
  const hangs = countHangs();
  const limits = { first: pLimit(AT_ONCE), hanging: pLimit(AT_ONCE_AFTER_HANG) };
  const settle = async (part: Part, limit = limits.first): Promise<BuiltProbe[]> => {
    const built = await limit(() => {
      if (part.workers.some(hangs.hopeless)) return undefined;
      return solvePart(part, { ...options, data });
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
    const settled: BuiltProbe[] = [];
    // The first of a hanging subject speak for those that come after, which would all start at once otherwise.
    for (const wave of hung ? inWaves(parts) : [parts])
      settled.push(
        ...(await Promise.all(wave.map((one) => settle(one, hung ? limits.hanging : limit)))).flat(),
      );
    return settled;
  };
  return (await Promise.all(groups.map((group) => settle({ ...group, split: false })))).flat();
}

/** What is known of each subject's hangs. */
function countHangs(): {
  note: (built: readonly BuiltProbe[]) => void;
  hopeless: (worker: BakeWorker) => boolean;
} {
  const hung = new Map<string, number>();
  const ended = new Set<string>();
  return {
    note: (built) => {
      const isCell = built.length === 1;
      for (const { worker, outcome } of built) {
        if (outcome.ok || !outcome.timedOut) ended.add(subjectOf(worker));
        else if (isCell)
          for (const key of [subjectOf(worker), distroOf(worker)]) hung.set(key, (hung.get(key) ?? 0) + 1);
      }
    },
    hopeless: (worker) =>
      !ended.has(subjectOf(worker)) &&
      (hung.get(subjectOf(worker)) ?? 0) >= HANGS_MAX &&
      hung.has(distroOf(worker)),
  };
}

/** Workers of one subject have its build file, whatever the distro. Controls are a subject of their own. */
function subjectOf(worker: BakeWorker): string {
  return isControl(worker) ? 'control' : worker.dockerfile;
}

/** A Dockerfile is told the distro's base; of a frontend, each distro's build file has a folder of its own. */
function distroOf(worker: BakeWorker): string {
  return JSON.stringify([subjectOf(worker), worker.context, worker.args['BASE'] ?? '']);
}

function notBuilt({ workers, policyFile }: Part, timeout: number): BuiltProbe[] {
  const log = `ERROR: not built: the ${HANGS_MAX} cells of this subject before it each took longer than the time limit of ${timeout / 1000} s`;
  return workers.flatMap((worker) =>
    worker.platforms.map((platform) => ({
      worker,
      platform,
      layout: worker.out,
      platforms: worker.platforms,
      metadata: '',
      ...(policyFile === undefined ? {} : { policyFile }),
      outcome: { ok: false as const, log, timedOut: false },
      seconds: 0,
    })),
  );
}

/** A group, one worker of it, or one worker on one platform. */
interface Part extends ProbeGroup {
  /** Whether its layouts are by platform. */
  split: boolean;
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
  return parts.flatMap((one) => (one.workers[0]?.platforms.length === 1 ? [one] : splitCells(one)));
}

/** First one cell of each distro, and of each subject so many as it takes to call it hopeless; then the others. */
function inWaves(cells: readonly Part[]): [first: Part[], rest: Part[]] {
  const started = new Map<string, number>();
  const first: Part[] = [];
  const rest: Part[] = [];
  for (const cell of cells) {
    const [worker] = cell.workers;
    if (worker === undefined) continue;
    const [subject, distro] = [subjectOf(worker), distroOf(worker)];
    const isFirst = !started.has(distro) || (started.get(subject) ?? 0) < HANGS_MAX;
    for (const key of [subject, distro]) started.set(key, (started.get(key) ?? 0) + 1);
    (isFirst ? first : rest).push(cell);
  }
  return [first, rest];
}

function splitPart({ name, workers, policyFile, split }: Part): Part[] {
  const [worker] = workers;
  if (workers.length > 1) {
    return workers.map((one) => ({ name: one.name, workers: [one], policyFile, split }));
  }
  if (worker === undefined || worker.platforms.length < 2) return [];
  return worker.platforms.map((platform) => {
    const slug = platform.replaceAll('/', '-');
    const one = { ...worker, platforms: [platform], out: join(worker.out, slug) };
    return { name: `${name}-${slug}`, workers: [one], policyFile, split: true };
  });
}

/**
 * A race of BuildKit's (moby/buildkit#6808): a build that is cancelled beside another can take away a snapshot that the
 * cache still names, and every later build that comes upon it fails. No subject can be the cause.
 */
const LOST_SNAPSHOT = /failed to commit .*snapshot .* does not exist: not found/;

async function solvePart(
  { name, workers, policyFile, split }: Part,
  { builder, bakeFile, data, run, timeout, say, signal }: BuildProbesOptions & { data: string },
): Promise<BuiltProbe[]> {
  const metadata = join(run, 'metadata', `${name}.json`);
  const set = workers
    .filter(() => split)
    .flatMap((worker) => [
      `${worker.name}.platform=${worker.platforms.join(',')}`,
      `probe-${worker.name}.platform=${worker.platforms.join(',')}`,
      `probe-${worker.name}.output=type=oci,dest=${worker.out},tar=false`,
    ]);
  const targets = workers.map((worker) => `probe-${worker.name}`);
  const started = performance.now();
  let outcome: BuildOutcome = { ok: true };
  const bake = (noCache: boolean) =>
    runBake(builder, {
      files: [bakeFile, data],
      targets,
      set,
      metadataFile: metadata,
      policyFile,
      noCache,
      timeout,
      signal,
    });
  try {
    await bake(false).catch((error: unknown) => {
      if (!(error instanceof CommandError) || !LOST_SNAPSHOT.test(error.output)) throw error;
      say(`the builder lost a part of its cache: building ${name} without it`);
      return bake(true);
    });
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    outcome = { ok: false, log: error.output, timedOut: error.timedOut };
  }
  const seconds = (performance.now() - started) / 1000;
  return workers.flatMap((worker) =>
    worker.platforms.map((platform) => ({
      worker,
      platform,
      layout: worker.out,
      platforms: worker.platforms,
      metadata,
      ...(policyFile === undefined ? {} : { policyFile }),
      outcome,
      seconds,
    })),
  );
}
