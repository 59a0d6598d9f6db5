import { randomBytes } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { own } from '../../../lib/cli/paths.ts';
import type { Builder } from '../../../lib/engine/builder.ts';
import { buildProbes, type BuiltProbe } from '../../../lib/flow/buildProbes.ts';
import { checkRun } from '../../../lib/flow/checkRun.ts';
import { writeMarkerContent } from '../../../lib/flow/markerContent.ts';
import type { RunRecord } from '../../../lib/flow/runRecord.ts';
import { readMatrix } from '../../../lib/matrix/readMatrix.ts';
import type { Distro } from '../../../lib/matrix/types.ts';
import { tryCanaries } from '../../../lib/proof/canary.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';
import { runsNatively } from '../../../lib/proof/runsNatively.ts';
import type { Path, Verdict } from '../../../lib/proof/verdict.ts';
import { startRegistryProcess } from '../../../lib/registry/registryProcess.ts';
import { INPUTS } from '../../report/report.ts';
import { DISTRO, makeMarkerImages, PLATFORMS, type MarkerImages } from './markerImages.ts';
import type { Mutant } from './mutant.ts';
import { groupMutants, planMutant, type PlannedMutant } from './planMutants.ts';

/** What one cell of a mutant came to. */
export interface JudgedCell {
  path: Path;
  platform: string;
  expected: Verdict;
  verdict: Verdict;
  detail: string;
  /** Whether verdict and detail are the right ones. */
  right: boolean;
}

export interface JudgedMutant {
  mutant: Mutant;
  cells: JudgedCell[];
  /** Whether every cell is there and right. */
  right: boolean;
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TIMEOUT_MS = 120_000;

/**
 * Builds and judges mutants of one distro, by the same parts as a run: marker images from stages/marker.Dockerfile, the
 * registry on the builder's loopback, probes by bake, canaries, and the check. The distro's base is in that registry, so
 * that a worker which misses its marker ends up with the plain base and not without any. `folder` takes what is built.
 */
export async function judgeMutants(
  mutants: readonly Mutant[],
  { builder, folder, signal }: { builder: Builder; folder: string; signal?: AbortSignal | undefined },
): Promise<JudgedMutant[]> {
  const key = randomBytes(32);
  const run = join(folder, 'run');
  await mkdir(join(run, 'edited'), { recursive: true });
  const images = await makeMarkerImages(join(folder, 'marker'), key, builder, { ...own, run, signal });
  await writeWorkerContext(join(folder, 'context'));
  const registry = await startRegistryProcess({
    repositories: repositoriesOf(images),
    port: 0,
    wrap: builder.enter,
    onProblem: () => undefined,
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    const distro = await readDistro(folder, `${registry.address}/base/${DISTRO}:latest`);
    const bench = { distro, images, registry: registry.address, folder };
    const planned = mutants.flatMap((mutant) => mutant.paths.map((path) => planMutant(mutant, path, bench)));
    const options = { ...own, builder, timeout: TIMEOUT_MS, say: () => undefined, signal };
    const isEdited = ({ mutant }: PlannedMutant) => mutant.seed.kind === 'probe';
    const edited = await groupMutants(planned.filter(isEdited), join(run, 'policies'));
    const groups = await groupMutants(
      planned.filter((one) => !isEdited(one)),
      join(run, 'policies'),
    );
    const built = [
      ...(await buildProbes(groups, { ...options, run })),
      // A layout that is changed afterwards must not be that of others too.
      ...(await buildProbes(edited, { ...options, run: join(run, 'edited'), together: false })),
    ];
    for (const { mutant, worker } of planned) {
      if (mutant.seed.kind === 'probe') await mutant.seed.edit(worker.out);
    }
    const canaries = await tryCanaries({
      builder,
      platforms: PLATFORMS,
      folder: join(run, 'canary'),
      dockerfile: join(own.stages, 'canary.Dockerfile'),
      signal,
    });
    const record = { ...recordOf(images, builder, distro), canaries, cells: cellsOf(built, planned) };
    return await judge(record, key, mutants);
  } finally {
    await registry.close();
  }
}

/** The workers' Dockerfiles, and beside them what they take from `kit`: canaries, and forged markers with their seals. */
async function writeWorkerContext(folder: string): Promise<void> {
  await cp(join(HERE, 'workers'), folder, { recursive: true });
  const forged = PLATFORMS.map(
    (marker) => [marker, { marker, seal: randomBytes(32).toString('hex') }] as const,
  );
  await writeMarkerContent(join(folder, 'kit/forged'), Object.fromEntries(forged));
  for (const platform of PLATFORMS) {
    await mkdir(join(folder, 'kit/canary', platform), { recursive: true });
    await writeFile(join(folder, 'kit/canary', platform, 'canary'), canaryElf(platform), { mode: 0o755 });
  }
}

function repositoriesOf({ base, markers }: MarkerImages): Record<string, string> {
  const served = Object.entries(markers).map(([name, { layout }]) => [`${name}/marker/${DISTRO}`, layout]);
  const plain = ['base', 'mirror'].map((name) => [`${name}/${DISTRO}`, base.layout]);
  return Object.fromEntries([...plain, ...served]) as Record<string, string>;
}

/** The distro as distros.yaml would have it. */
async function readDistro(folder: string, base: string): Promise<Distro> {
  const file = join(folder, 'distros.yaml');
  const row = `{ name: ${DISTRO}, base: '${base}', manager: dnf }`;
  const subject = '{ name: mutant, dockerfile: Dockerfile, worker-context: worker }';
  await writeFile(file, `platforms: [${PLATFORMS.join(', ')}]\ndistros: [${row}]\nsubjects: [${subject}]\n`);
  const [distro] = (await readMatrix(file)).distros;
  if (distro === undefined) throw new Error('no distro was read');
  return distro;
}

function cellsOf(built: readonly BuiltProbe[], planned: readonly PlannedMutant[]): RunRecord['cells'] {
  return built.map(({ worker, ...probe }) => {
    const plan = planned.find((one) => one.worker.name === worker.name);
    if (plan === undefined) throw new Error(`${worker.name} was not planned`);
    const { mutant, path } = plan;
    return { ...probe, control: mutant.name, distro: DISTRO, path };
  });
}

function recordOf(
  images: MarkerImages,
  builder: Builder,
  distro: Distro,
): Omit<RunRecord, 'canaries' | 'cells'> {
  const { kind, name, driver, sealed, platform, versions } = builder;
  const ref = distro.baseRef;
  const base = { kind: 'stand-in', ref, digest: images.base.digest, context: '' } as const;
  return {
    version: 1,
    startedAt: new Date().toISOString(),
    seconds: 0,
    sealedBy: '',
    subject: 'mutants',
    inputs: INPUTS,
    given: {},
    builder: { kind, name, driver, sealed, platform, versions },
    bases: { [DISTRO]: { ref, base } },
    markers: { [DISTRO]: { ...images.markers.right, platforms: PLATFORMS, identity: '' } },
    allowEmulator: false,
    notes: [],
  };
}

async function judge(record: RunRecord, key: Buffer, mutants: readonly Mutant[]): Promise<JudgedMutant[]> {
  const checked = await checkRun(record, key);
  return mutants.map((mutant) => {
    const cells = checked
      .filter(({ cell }) => cell.control === mutant.name)
      .map(({ cell: { path, platform }, verdict, detail }): JudgedCell => {
        const native = runsNatively(platform, record.builder.platform);
        const expected = mutant.expects({ path, platform, native });
        const right = verdict === expected && (verdict === 'pass' || mutant.says.test(detail));
        return { path, platform, expected, verdict, detail, right };
      });
    const all = mutant.paths.length * PLATFORMS.length;
    return { mutant, cells, right: cells.length === all && cells.every(({ right }) => right) };
  });
}
