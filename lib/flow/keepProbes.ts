import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import { buildProbes, type BuiltProbe, type ProbeGroup } from './buildProbes.ts';
import { readVersions, type FileVersions, type Readable } from './readableFiles.ts';
import type { RunSteps } from './runSteps.ts';

/** Of a worker that was built on every platform: its probes, and a digest of everything that they are made from. */
interface Kept {
  madeFrom: string;
  probes: readonly BuiltProbe[];
}

/** The folder of one run's bake data and metadata, which a later run's must not overwrite. */
const RUN = 'probes-';

/**
 * Builds probes of those workers alone that something has changed for since they were built: their target, their policy,
 * the images that are served, a file that their build can read. The others' probes stand, with a note, and are judged
 * again. A tag in a registry counts as what it was; a worker that failed on any platform is built again.
 */
export function keepProbes(build: RunSteps['buildProbes'] = buildProbes): RunSteps['buildProbes'] {
  const kept = new Map<string, Kept>();
  let runs = 0;
  return async (groups, options, sources, note) => {
    const look = lookOnce(sources.out);
    const wanted = new Map<string, string>();
    for (const { worker, policyFile } of workersOf(groups)) {
      const readables = sources.files.get(worker.name) ?? [];
      const policy = policyFile === undefined ? [] : [{ file: policyFile }];
      // By their change time, not by what they say: a file may be another for just as long as bake reads it.
      const files = await Promise.all([...readables, ...policy].map(look));
      const madeFrom = digestOf([worker, sources.images, files]);
      const last = kept.get(worker.name);
      if (last?.madeFrom === madeFrom && last.probes.every(isThere)) continue;
      // Before it is built: a run that is ended half-way leaves nothing that stands.
      kept.delete(worker.name);
      await rm(worker.out, { recursive: true, force: true });
      wanted.set(worker.name, madeFrom);
    }

    runs += 1;
    const run = join(options.run, `${RUN}${runs}`);
    await mkdir(run, { recursive: true });
    const left = groups.map((group) => ({
      ...group,
      workers: group.workers.filter(({ name }) => wanted.has(name)),
    }));
    const toBuild = left.filter(({ workers }) => workers.length > 0);
    const built = toBuild.length === 0 ? [] : await build(toBuild, { ...options, run }, sources, note);

    const asked = workersOf(groups).map(({ worker: { name } }) => name);
    const probes = asked.flatMap((name) => {
      const madeFrom = wanted.get(name);
      if (madeFrom === undefined) return kept.get(name)?.probes ?? [];
      const own = built.filter(({ worker }) => worker.name === name);
      if (own.every(({ outcome }) => outcome.ok)) kept.set(name, { madeFrom, probes: own });
      return own;
    });
    for (const name of kept.keys()) if (!asked.includes(name)) kept.delete(name);
    await forgetRuns(options.run, [...probes, ...[...kept.values()].flatMap((one) => one.probes)]);
    if (wanted.size < asked.length) {
      note(
        `${asked.length - wanted.size} of ${asked.length} workers stand as an earlier run built them: nothing that they are made from has changed`,
      );
    }
    return probes;
  };
}

function workersOf(groups: readonly ProbeGroup[]): { worker: BakeWorker; policyFile?: string | undefined }[] {
  return groups.flatMap(({ workers, policyFile }) => workers.map((worker) => ({ worker, policyFile })));
}

/** Looks at the files of a folder once, though many workers can read it. */
function lookOnce(out: string): (readable: Readable) => Promise<[string, string][]> {
  const looks = new Map<string, Promise<FileVersions>>();
  return async (readable) => {
    const key = JSON.stringify(readable);
    const look = looks.get(key) ?? readVersions([readable], [out]);
    looks.set(key, look);
    return [...(await look).files].sort();
  };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function isThere({ layout, metadata }: BuiltProbe): boolean {
  return existsSync(join(layout, 'index.json')) && existsSync(metadata);
}

/** Deletes what bake left for runs of which no probe is in use any more. */
async function forgetRuns(folder: string, used: readonly BuiltProbe[]): Promise<void> {
  const inUse = new Set(used.map(({ metadata }) => dirname(dirname(metadata))));
  for (const name of await readdir(folder)) {
    const run = join(folder, name);
    if (name.startsWith(RUN) && !inUse.has(run)) await rm(run, { recursive: true, force: true });
  }
}
