import { join } from 'node:path';
import { isRealBase } from '../base/base.ts';
import { resolveBases, type ResolvedBase } from '../base/resolveBases.ts';
import type { Builder } from '../engine/builder.ts';
import { wrongInput } from '../fault/fault.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import { MARKER_REGISTRY } from '../policy/generatePolicy.ts';
import { tryCanaries, type CanaryResult } from '../proof/canary.ts';
import type { Path } from '../proof/verdict.ts';
import { buildProbes, type BuiltProbe, type ProbeGroup } from './buildProbes.ts';
import { sealsOf } from './checkRun.ts';
import { CONTROLS, controlWorker } from './controls.ts';
import { makeMarkers, type MarkerRequest } from './makeMarkers.ts';
import { swapMarkers, type MarkerContent } from './markerContent.ts';
import type { OutFolder } from './outFolder.ts';
import { policyForRun } from './policyForRun.ts';
import { writeRunRecord, type BuiltCell, type MadeMarker, type RunRecord } from './runRecord.ts';
import { serveMarkers } from './serveMarkers.ts';
import { makeWorker } from './workers.ts';

/** What to verify, and with what. */
export interface RunRequest {
  /** The folder of distros.yaml, which a subject's files and the policies are relative to. */
  project: string;
  /** docker-bake.hcl and the folder of the Dockerfiles. */
  bakeFile: string;
  stages: string;
  distros: readonly Distro[];
  paths: readonly Path[];
  subject: Subject;
  out: OutFolder;
  builder: Builder;
  key: Buffer;
  /** A folder of base layouts that the person gives. */
  bases?: string | undefined;
  requireRealBases: boolean;
  allowEmulator: boolean;
  /** Milliseconds for one build. */
  timeout: number;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** A distro that has a base, and its marker image. */
interface Ready {
  distro: Distro;
  base: string;
  real: boolean;
  marker: MadeMarker;
}

const SWAPPED = 'swapped-markers';

/**
 * Builds everything that a check needs: bases, marker images, canaries, and the probes of every cell and control. What
 * it leaves below `out` is on record in `run/run.json`, which it returns.
 */
export async function buildRun(request: RunRequest): Promise<RunRecord> {
  const { distros, builder, subject, out, say, signal } = request;
  const startedAt = new Date().toISOString();
  const notes: string[] = [];
  const bases = await resolveBases({
    distros,
    builder,
    layouts: request.bases,
    requireReal: request.requireRealBases,
    say: (line) => {
      say(line);
      if (line.startsWith('registry ')) notes.push(line);
    },
    signal,
  });
  say('building the marker images');
  const { ready, swapped, failures } = await makeAllMarkers(request, bases);
  await out.markersAreWhole();
  say('trying the canaries');
  const canaries = await tryAllCanaries(request);
  say('building the workers and their probes');
  const built = await buildAllProbes(request, ready, swapped, (line) => {
    say(line);
    notes.push(line);
  });

  const record: RunRecord = {
    version: 1,
    startedAt,
    subject: subject.name,
    builder: {
      kind: builder.kind,
      name: builder.name,
      driver: builder.driver,
      sealed: builder.sealed,
      ...(builder.unsealedBecause === undefined ? {} : { unsealedBecause: builder.unsealedBecause }),
      platform: builder.platform,
      versions: builder.versions,
    },
    bases: Object.fromEntries(
      distros.map(({ name, baseRef }) => [
        name,
        { ref: baseRef, ...(bases.get(name) ?? { problem: 'not looked for' }) },
      ]),
    ),
    markers: {
      ...Object.fromEntries(ready.map(({ distro, marker }) => [distro.name, marker])),
      ...(swapped === undefined ? {} : { [`${SWAPPED}/${swapped.distro.name}`]: swapped.marker }),
    },
    canaries,
    allowEmulator: request.allowEmulator,
    cells: [...built, ...failedCells(request, failures)],
    notes,
  };
  await writeRunRecord(out.path, record);
  return record;
}

async function makeAllMarkers(
  request: RunRequest,
  bases: ReadonlyMap<string, ResolvedBase>,
): Promise<{ ready: Ready[]; swapped: Ready | undefined; failures: Map<string, string> }> {
  const { distros, out, key } = request;
  const failures = new Map<string, string>();
  const found = distros.flatMap((distro) => {
    const resolved = bases.get(distro.name);
    if (resolved && 'base' in resolved) return [{ distro, base: resolved.base }];
    failures.set(distro.name, `the base cannot be had: ${resolved?.problem ?? ''}`);
    return [];
  });
  const contents = new Map(
    found.map(({ distro, base }) => {
      const seals = sealsOf(key, distro.name, base.digest, distro.platforms);
      const content = distro.platforms.map((marker): [string, MarkerContent] => [
        marker,
        { marker, seal: seals[marker] ?? '' },
      ]);
      return [distro.name, Object.fromEntries(content)] as const;
    }),
  );
  const requests: MarkerRequest[] = found.map(({ distro, base }) => ({
    name: distro.name,
    base: base.context,
    platforms: distro.platforms,
    content: contents.get(distro.name) ?? {},
    layout: join(out.path, 'marker', distro.name),
  }));
  const [first] = requests;
  if (first !== undefined) {
    const layout = join(out.path, 'control', SWAPPED, 'marker');
    requests.push({ ...first, name: `control-${SWAPPED}`, content: swapMarkers(first.content), layout });
  }
  const made = await makeMarkers(requests, { ...request, run: join(out.path, 'run') });
  const ready = found.flatMap(({ distro, base }) => {
    const marker = made.get(distro.name);
    if (marker && 'digest' in marker)
      return [{ distro, base: base.context, real: isRealBase(base.kind), marker }];
    failures.set(distro.name, `the marker image could not be built\n${marker?.log ?? ''}`);
    return [];
  });
  const control = made.get(`control-${SWAPPED}`);
  const owner = ready.find(({ distro }) => distro.name === first?.name);
  const swapped = owner && control && 'digest' in control ? { ...owner, marker: control } : undefined;
  return { ready, swapped, failures };
}

function tryAllCanaries({ distros, builder, stages, out, signal }: RunRequest): Promise<CanaryResult[]> {
  return tryCanaries({
    builder,
    platforms: [...new Set(distros.flatMap(({ platforms }) => platforms))],
    folder: join(out.path, 'run/canary'),
    dockerfile: join(stages, 'canary.Dockerfile'),
    signal,
  });
}

/** A worker with what its cells are recorded as. */
interface Tracked {
  distro: string;
  path: Path;
  control?: string;
  program?: string;
}

async function buildAllProbes(
  request: RunRequest,
  ready: readonly Ready[],
  swapped: Ready | undefined,
  say: (line: string) => void,
): Promise<BuiltCell[]> {
  const { paths, builder, out, project, stages, subject, signal } = request;
  if (swapped === undefined) {
    throw wrongInput({
      message: 'no distro has a base, so nothing can be verified',
      next: 'see the lines above for each distro’s reason',
    });
  }
  const tracked = new Map<string, Tracked>();
  const byPolicy = paths.includes('source-policy');
  const served = byPolicy
    ? await serveMarkers(repositoriesOf(ready, swapped), builder, say, signal)
    : undefined;
  try {
    const address = served?.address ?? MARKER_REGISTRY;
    const policyOf = (distro: Distro, prefix?: string) =>
      policyForRun({
        file: join(project, 'policies', `${distro.name}.json`),
        address: prefix === undefined ? address : `${address}/${prefix}`,
        copies: join(out.path, 'run/policies'),
        name: prefix === undefined ? distro.name : `${prefix}-${distro.name}`,
      });

    const workers = ready.flatMap(({ distro, marker, real }) =>
      paths.map((path) => {
        const worker = makeWorker({
          subject,
          distro,
          path,
          marker: contextOf(marker),
          installable: real,
          project,
          out: join(out.path, 'probe'),
        });
        const program = 'PROGRAM' in worker.probe ? { program: distro.program } : {};
        tracked.set(worker.name, { distro: distro.name, path, ...program });
        return { distro, path, worker, swapped: false };
      }),
    );
    const controls = CONTROLS.flatMap((control) =>
      paths.map((path) => {
        const { distro, base } = swapped;
        const right = ready.find((one) => one.distro === distro) ?? swapped;
        const marker = contextOf(control.markers === 'swapped' ? swapped.marker : right.marker);
        const worker = controlWorker({
          control,
          distro,
          path,
          marker,
          plain: base,
          stages,
          out: join(out.path, 'control'),
        });
        tracked.set(worker.name, { distro: distro.name, path, control: control.name });
        return { distro, path, worker, swapped: control.markers === 'swapped' };
      }),
    );

    const all = [...workers, ...controls];
    const groups: ProbeGroup[] = [];
    const open = all.filter(({ path }) => path !== 'source-policy').map(({ worker }) => worker);
    if (open.length > 0) groups.push({ name: 'contexts', workers: open });
    // A policy holds for a whole call of buildx, so that one distro's never touches another's cells.
    for (const { distro } of byPolicy ? ready : []) {
      const own = all.filter((one) => one.path === 'source-policy' && one.distro === distro);
      const right = own.filter((one) => !one.swapped).map(({ worker }) => worker);
      const wrong = own.filter((one) => one.swapped).map(({ worker }) => worker);
      groups.push({ name: `policy-${distro.name}`, workers: right, policyFile: await policyOf(distro) });
      if (wrong.length > 0)
        groups.push({
          name: `policy-${SWAPPED}`,
          workers: wrong,
          policyFile: await policyOf(distro, SWAPPED),
        });
    }
    const built = await buildProbes(groups, { ...request, run: join(out.path, 'run'), say: request.say });
    return built.map((probe) => cellOf(probe, tracked.get(probe.worker.name)));
  } finally {
    await served?.close();
  }
}

function repositoriesOf(ready: readonly Ready[], swapped: Ready): Record<string, string> {
  return Object.fromEntries([
    ...ready.map(({ distro, marker }) => [`marker/${distro.name}`, marker.layout]),
    [`${SWAPPED}/marker/${swapped.distro.name}`, swapped.marker.layout],
  ]) as Record<string, string>;
}

function contextOf({ layout, digest }: MadeMarker): string {
  return `oci-layout://${layout}@${digest}`;
}

function cellOf({ worker, ...probe }: BuiltProbe, tracked: Tracked | undefined): BuiltCell {
  if (tracked === undefined) throw new Error(`worker ${worker.name} was built but never asked for`);
  return { ...tracked, target: worker.name, ...probe };
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
        platforms,
        metadata: '',
        outcome: { ok: false as const, log, timedOut: false },
        seconds: 0,
      })),
    );
  });
}
