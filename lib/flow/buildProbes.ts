import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { formatBakeData, type BakeWorker } from '../bake/bakeData.ts';
import { runBake } from '../bake/runBake.ts';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/command.ts';
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

/**
 * Builds the probe of each worker, a group in one bake. A bake stops at its first error, so a group that fails is built
 * again in parts: each worker by itself, and where that fails each platform by itself. What was built comes from the
 * cache, and what fails alone is told apart from what only stood beside it.
 */
export async function buildProbes(
  groups: readonly ProbeGroup[],
  options: BuildProbesOptions,
): Promise<BuiltProbe[]> {
  const data = join(options.run, 'workers.json');
  const workers = groups.flatMap((group) => group.workers);
  await writeFile(data, formatBakeData({ stages: options.stages, distros: [], workers }));
  await mkdir(join(options.run, 'metadata'), { recursive: true });
  const limit = pLimit(AT_ONCE);
  const solve = (part: Part): Promise<BuiltProbe[]> => limit(() => solvePart(part, { ...options, data }));
  const settle = async (part: Part): Promise<BuiltProbe[]> => {
    const built = await solve(part);
    const parts = built.every(({ outcome }) => outcome.ok) ? [] : splitPart(part);
    if (parts.length === 0) return built;
    options.say(`${part.name} failed: building its parts by themselves`);
    return (await Promise.all(parts.map(settle))).flat();
  };
  return (await Promise.all(groups.map((group) => settle({ ...group, split: false })))).flat();
}

/** A group, one worker of it, or one worker on one platform. */
interface Part extends ProbeGroup {
  /** Whether its layouts are by platform. */
  split: boolean;
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

async function solvePart(
  { name, workers, policyFile, split }: Part,
  { builder, bakeFile, data, run, timeout, signal }: BuildProbesOptions & { data: string },
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
  try {
    await runBake(builder, {
      files: [bakeFile, data],
      targets,
      set,
      metadataFile: metadata,
      policyFile,
      timeout,
      signal,
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
