import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { formatBakeData, type BakeWorker } from '../../lib/bake/bakeData.ts';
import { runBake } from '../../lib/bake/runBake.ts';
import { isRealBase, type Base } from '../../lib/base/base.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { CONTROLS, controlWorker } from '../../lib/flow/controls.ts';
import { SWAPPED } from '../../lib/flow/markDistros.ts';
import { policyForRun } from '../../lib/flow/policyForRun.ts';
import type { MadeMarker, RunRecord } from '../../lib/flow/runRecord.ts';
import { serveMarkers } from '../../lib/flow/serveMarkers.ts';
import { makeWorker } from '../../lib/flow/workers.ts';
import type { Distro, Subject } from '../../lib/matrix/types.ts';
import { conversions, formatPolicy } from '../../lib/policy/generatePolicy.ts';
import { PATHS, type Path } from '../../lib/proof/verdict.ts';
import { timed } from './bench.ts';

/** A run that was made, whose targets are to be built by bake and nothing else. */
export interface Planning {
  record: Pick<RunRecord, 'markers' | 'bases'>;
  distros: readonly Distro[];
  subject: Subject;
  /** The folder of distros.yaml. */
  project: string;
  stages: string;
  /** A folder for what is built. */
  work: string;
}

export interface BareBakeRequest extends Planning {
  bakeFile: string;
  builder: Builder;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** One call of `docker buildx bake`, for the probes of these workers. */
export interface BareCall {
  workers: BakeWorker[];
  policyFile?: string;
}

/** As many as BuildKit gets anything out of on a small machine. */
const AT_ONCE = 2;

/**
 * The floor of a run: how many seconds `docker buildx bake` takes for the worker and the probe of each cell and control,
 * linked by target as in docker-bake.hcl. Everything by context is one call; a source policy holds for a whole call, so
 * that each distro has one of its own. The marker images are served meanwhile. That a run builds its cells in another way
 * changes nothing here.
 */
export async function timeBareBake(request: BareBakeRequest): Promise<number> {
  const { builder, bakeFile, stages, work, say, signal } = request;
  await mkdir(work, { recursive: true });
  const served = await serveMarkers(repositoriesOf(request.record), builder, say, signal);
  try {
    const calls = await planBareBake(request, served.address);
    const data = join(work, 'workers.json');
    const workers = calls.flatMap((call) => call.workers);
    await writeFile(data, formatBakeData({ stages, distros: [], workers }));
    const limit = pLimit(AT_ONCE);
    const bake = ({ workers: wanted, policyFile }: BareCall, at: number) =>
      runBake(builder, {
        files: [bakeFile, data],
        targets: wanted.map(({ name }) => `probe-${name}`),
        metadataFile: join(work, `metadata-${at}.json`),
        policyFile,
        signal,
      });
    return await timed(async () => {
      const baked = await Promise.allSettled(calls.map((call, at) => limit(() => bake(call, at))));
      // None may outlive the engine that it runs on.
      for (const one of baked) if (one.status === 'rejected') throw one.reason;
    });
  } finally {
    await served.close();
  }
}

function repositoriesOf({ markers, bases }: Planning['record']): Record<string, string> {
  const repositories: Record<string, string> = {};
  for (const [name, { layout }] of Object.entries(markers)) {
    const [first = '', second] = name.split('/');
    repositories[second === undefined ? `marker/${first}` : `${first}/marker/${second}`] = layout;
  }
  for (const [name, found] of Object.entries(bases)) {
    if ('base' in found && found.base.layout !== undefined) repositories[`base/${name}`] = found.base.layout;
  }
  return repositories;
}

/** A worker, and the policy that it is built under by the path `source-policy`. */
interface Planned {
  worker: BakeWorker;
  distro: string;
  path: Path;
  swapped: boolean;
}

/** The calls for a run's cells and controls, with the policy of each in a file below `work`. `address` serves the markers. */
export async function planBareBake(request: Planning, address: string): Promise<BareCall[]> {
  const { work, project } = request;
  const planned = [...planCells(request), ...planControls(request)];
  const plain = join(work, 'plain-bases.json');
  await writeFile(plain, plainBases(request, address));
  const byContext = planned.filter(({ path }) => path !== 'source-policy');
  const calls: BareCall[] = [{ workers: byContext.map(({ worker }) => worker), policyFile: plain }];
  const byPolicy = planned.filter(({ path }) => path === 'source-policy');
  for (const distro of new Set(byPolicy.map((one) => one.distro))) {
    for (const swapped of [false, true]) {
      const workers = byPolicy.filter((one) => one.distro === distro && one.swapped === swapped);
      if (workers.length === 0) continue;
      const policyFile = await policyForRun({
        file: join(project, 'policies', `${distro}.json`),
        served: { address },
        ...(swapped ? { prefix: SWAPPED } : {}),
        copies: join(work, 'policies'),
        name: swapped ? `${SWAPPED}-${distro}` : distro,
      });
      calls.push({ workers: workers.map(({ worker }) => worker), policyFile });
    }
  }
  return calls;
}

function planCells({ distros, record, subject, project, work }: Planning): Planned[] {
  return distros.flatMap((distro) =>
    PATHS.map((path) => {
      const at = { project, buildFiles: join(work, 'subject'), out: join(work, 'probe') };
      const marker = contextOf(markerOf(record, distro.name));
      const installable = isRealBase(baseOf(record, distro.name).kind);
      const worker = makeWorker({ subject, distro, path, marker, installable, ...at });
      return { worker, distro: distro.name, path, swapped: false };
    }),
  );
}

/** The controls are of the distro whose marker image was also made with its platforms swapped round. */
function planControls({ distros, record, stages, work }: Planning): Planned[] {
  return distros.flatMap((distro) => {
    const swappedMarker = record.markers[`${SWAPPED}/${distro.name}`];
    if (swappedMarker === undefined) return [];
    return CONTROLS.flatMap((control) =>
      PATHS.map((path) => {
        const swapped = control.markers === 'swapped';
        const marker = contextOf(swapped ? swappedMarker : markerOf(record, distro.name));
        const at = { plain: baseOf(record, distro.name).context, stages, out: join(work, 'control') };
        const worker = controlWorker({ control, distro, path, marker, ...at });
        return { worker, distro: distro.name, path, swapped };
      }),
    );
  });
}

/** Puts bases that are in no registry in the place of the real ones, as a run does. */
function plainBases({ distros, record }: Planning, address: string): string {
  return formatPolicy(
    distros.flatMap((distro) =>
      baseOf(record, distro.name).layout === undefined
        ? []
        : conversions(distro.ref, `${address}/base/${distro.name}:latest`),
    ),
  );
}

function markerOf({ markers }: Planning['record'], distro: string): MadeMarker {
  const marker = markers[distro];
  if (marker === undefined) throw new Error(`the run has no marker image of ${distro}`);
  return marker;
}

function baseOf({ bases }: Planning['record'], distro: string): Base {
  const found = bases[distro];
  if (found === undefined || !('base' in found)) throw new Error(`the run has no base of ${distro}`);
  return found.base;
}

function contextOf({ layout, digest }: MadeMarker): string {
  return `oci-layout://${layout}@${digest}`;
}
