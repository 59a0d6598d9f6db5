import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import { isRealBase } from '../base/base.ts';
import { wrongInput } from '../fault/fault.ts';
import type { Distro } from '../matrix/types.ts';
import { conversions, formatPolicy } from '../policy/generatePolicy.ts';
import type { Path } from '../proof/verdict.ts';
import type { BuiltProbe, ProbeGroup } from './buildProbes.ts';
import { CONTROLS, controlWorker } from './controls.ts';
import { FRONTEND_REPOSITORY, withFrontend } from './frontend.ts';
import { SWAPPED, type MarkedDistro, type MarkedDistros } from './markDistros.ts';
import { policyForRun } from './policyForRun.ts';
import type { Readable } from './readableFiles.ts';
import type { BuiltCell, MadeMarker } from './runRecord.ts';
import type { RunRequest } from './runRequest.ts';
import type { Note, ProbeSources, RunSteps } from './runSteps.ts';
import { imageAt, type ServedMarkers } from './serveMarkers.ts';
import { makeWorker, writeBuildFiles } from './workers.ts';
import { writeChanged } from './writeChanged.ts';

/** A worker to build, with what its cells are recorded as. */
interface Planned {
  worker: BakeWorker;
  distro: Distro;
  path: Path;
  /** The control that it is. */
  control?: string;
  /** Whether it is made from the marker image with the platforms swapped round. */
  swapped: boolean;
  program?: string;
}

/**
 * Builds the probe of every cell and of every control. The marker images are served for as long as that takes.
 * `note` gets what a reader of the report has to know as well. Throws a Fault (wrong input) where there is no marker
 * image at all, (no builder) where what serves them ends meanwhile.
 */
export async function probeDistros(
  request: RunRequest,
  marked: MarkedDistros,
  steps: RunSteps,
  note: Note,
): Promise<BuiltCell[]> {
  const { paths, builder, out, signal } = request;
  const { ready, swapped } = marked;
  if (swapped === undefined) {
    const reasons = [...marked.failures].map(([name, why]) => ({ message: `${name}: ${why}` }));
    throw wrongInput([...reasons, { message: 'no distro has a marker image, so nothing can be verified' }]);
  }
  const repositories = repositoriesOf(ready, swapped, request);
  const served =
    Object.keys(repositories).length > 0
      ? await steps.serveMarkers(repositories, builder, note, signal)
      : undefined;
  try {
    const planned = [
      ...(await planWorkers(request, ready, served)),
      ...planControls(request, ready, swapped),
    ];
    const groups: ProbeGroup[] = [];
    const named = planned.filter(({ path }) => path !== 'source-policy').map(({ worker }) => worker);
    if (named.length > 0)
      groups.push({
        name: 'contexts',
        workers: named,
        policyFile: await plainBases(request, ready, served),
      });
    if (paths.includes('source-policy') && served !== undefined) {
      groups.push(...(await planPolicies(request, planned, served)));
    }
    const options = { ...request, run: join(out.path, 'run') };
    const sources = { images: imagesOf(ready, swapped), files: filesOf(request, planned), out: out.path };
    const living = AbortSignal.any([signal, served?.gone].filter((one) => one !== undefined));
    const built = await steps
      .buildProbes(groups, { ...options, signal: living }, sources, note)
      .finally(() => served?.gone?.throwIfAborted());
    return built.map((probe) => cellOf(probe, planned));
  } finally {
    await served?.close();
  }
}

/**
 * What the builder has to pull, from its loopback or a registry: marker images for policies to point at, bases that no registry has, and a
 * frontend of the person's own.
 */
function repositoriesOf(
  ready: readonly MarkedDistro[],
  swapped: MarkedDistro,
  { paths, frontend }: RunRequest,
): Record<string, string> {
  const repositories: Record<string, string> = {};
  if (paths.includes('source-policy')) {
    for (const { distro, marker } of ready) repositories[`marker/${distro.name}`] = marker.layout;
    repositories[`${SWAPPED}/marker/${swapped.distro.name}`] = swapped.marker.layout;
  }
  for (const { distro, base } of ready)
    if (base.layout !== undefined) repositories[`base/${distro.name}`] = base.layout;
  if (frontend?.kind === 'layout') repositories[FRONTEND_REPOSITORY] = frontend.layout;
  return repositories;
}

function imagesOf(ready: readonly MarkedDistro[], swapped: MarkedDistro): string[] {
  return [swapped.marker.digest, ...ready.flatMap(({ base, marker }) => [base.digest, marker.digest])];
}

/** What the build of each worker and its probe reads; nothing of a control's context is copied. */
function filesOf(
  { bakeFile, stages, frontend }: RunRequest,
  planned: readonly Planned[],
): ProbeSources['files'] {
  const everyone: Readable[] = [{ file: bakeFile }, { file: join(stages, 'probe.Dockerfile') }];
  const given = frontend?.kind === 'layout' ? [{ file: join(frontend.layout, 'index.json') }] : [];
  const own = ({ worker: { context, dockerfile }, control }: Planned): Readable[] =>
    control === undefined ? [...given, { context, dockerfile }] : [{ file: join(context, dockerfile) }];
  return new Map(planned.map((plan) => [plan.worker.name, [...everyone, ...own(plan)]]));
}

async function planWorkers(
  { subject: asked, frontend, paths, project, out }: RunRequest,
  ready: readonly MarkedDistro[],
  served: ServedMarkers | undefined,
): Promise<Planned[]> {
  const ref = served === undefined ? '' : imageAt(served, FRONTEND_REPOSITORY);
  const subject = frontend === undefined ? asked : withFrontend(asked, frontend, ref);
  const buildFiles = join(out.path, 'run/subject');
  const installable = new Map(ready.map(({ distro, base }) => [distro, isRealBase(base.kind)]));
  await writeBuildFiles(subject, installable, buildFiles);
  return ready.flatMap(({ distro, marker, base }) =>
    paths.map((path) => {
      const at = { project, buildFiles, out: join(out.path, 'probe') };
      const worker = makeWorker({
        subject,
        distro,
        path,
        marker: contextOf(marker),
        installable: isRealBase(base.kind),
        ...at,
      });
      return {
        worker,
        distro,
        path,
        swapped: false,
        ...('PROGRAM' in worker.probe ? { program: distro.program } : {}),
      };
    }),
  );
}

function planControls(
  { paths, stages, out }: RunRequest,
  ready: readonly MarkedDistro[],
  swapped: MarkedDistro,
): Planned[] {
  const { distro, base } = swapped;
  const right = ready.find((one) => one.distro === distro) ?? swapped;
  return CONTROLS.flatMap((control) =>
    paths.map((path) => {
      const marker = contextOf(control.markers === 'swapped' ? swapped.marker : right.marker);
      const at = { plain: base.context, stages, out: join(out.path, 'control') };
      const worker = controlWorker({ control, distro, path, marker, ...at });
      return { worker, distro, path, control: control.name, swapped: control.markers === 'swapped' };
    }),
  );
}

/**
 * The policy for paths that need none: a frontend may look up the base's config even where it takes the worker context,
 * and one that ignores the context has to end up with the plain base, not without one. Bases that are in no registry
 * are put in the place of the real ones; the marker images are not.
 */
async function plainBases(
  { out }: RunRequest,
  ready: readonly MarkedDistro[],
  served: ServedMarkers | undefined,
): Promise<string | undefined> {
  const rules = ready.flatMap(({ distro, base }) =>
    base.layout === undefined || served === undefined
      ? []
      : conversions(distro.ref, imageAt(served, `base/${distro.name}`)),
  );
  if (rules.length === 0) return undefined;
  const file = join(out.path, 'run/plain-bases.json');
  await writeChanged(file, formatPolicy(rules));
  return file;
}

/** A policy holds for a whole call of buildx: a group for each distro, so that none touches another's cells. */
async function planPolicies(
  { project, out }: RunRequest,
  planned: readonly Planned[],
  served: ServedMarkers,
): Promise<ProbeGroup[]> {
  const byPolicy = planned.filter(({ path }) => path === 'source-policy');
  const groups = new Map<string, ProbeGroup>();
  for (const { worker, distro, swapped } of byPolicy) {
    const name = swapped ? `${SWAPPED}-${distro.name}` : distro.name;
    const group = groups.get(name);
    if (group !== undefined) {
      groups.set(name, { ...group, workers: [...group.workers, worker] });
      continue;
    }
    const policyFile = await policyForRun({
      file: join(project, 'policies', `${distro.name}.json`),
      served,
      ...(swapped ? { prefix: SWAPPED } : {}),
      copies: join(out.path, 'run/policies'),
      name,
    });
    const repository = `${swapped ? `${SWAPPED}/` : ''}marker/${distro.name}`;
    const rules = conversions(distro.ref, imageAt(served, repository));
    const isGenerated = (await readFile(policyFile, 'utf8')) === formatPolicy(rules);
    groups.set(name, {
      name: `policy-${name}`,
      workers: [worker],
      policyFile,
      ...(isGenerated ? { rules } : {}),
    });
  }
  return [...groups.values()];
}

function contextOf({ layout, digest }: MadeMarker): string {
  return `oci-layout://${layout}@${digest}`;
}

function cellOf({ worker, ...probe }: BuiltProbe, planned: readonly Planned[]): BuiltCell {
  const plan = planned.find((one) => one.worker.name === worker.name);
  if (plan === undefined) throw new Error(`bake built ${worker.name}, which nobody asked for`);
  const { distro, path, control, program } = plan;
  return {
    distro: distro.name,
    path,
    ...(control === undefined ? {} : { control }),
    ...(program === undefined ? {} : { program }),
    ...probe,
  };
}
