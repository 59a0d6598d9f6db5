import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BakeWorker } from '../../../lib/bake/bakeData.ts';
import type { ProbeGroup } from '../../../lib/flow/buildProbes.ts';
import { makeWorker } from '../../../lib/flow/workers.ts';
import type { Distro } from '../../../lib/matrix/types.ts';
import { generatePolicy } from '../../../lib/policy/generatePolicy.ts';
import type { Path } from '../../../lib/proof/verdict.ts';
import { DISTRO, PLATFORMS, type MarkerImages } from './markerImages.ts';
import type { ImageName, Mutant } from './mutant.ts';

/** A mutant by one path, as bake builds it. */
export interface PlannedMutant {
  mutant: Mutant;
  path: Path;
  worker: BakeWorker;
  /** The text of its source policy. */
  policy: string | undefined;
}

/** What mutants are planned with. */
export interface Bench {
  distro: Distro;
  images: MarkerImages;
  /** `host:port` of the registry that has them. */
  registry: string;
  /** Takes what is built; the workers' Dockerfiles are in its `context`. */
  folder: string;
}

/** The bake target of a mutant by one path: what `makeWorker` gives an honest subject, but for the one defect. */
export function planMutant(
  mutant: Mutant,
  path: Path,
  { distro, images, registry, folder }: Bench,
): PlannedMutant {
  const { name, seed } = mutant;
  const given: ImageName = seed.kind === 'image' ? seed.image : 'right';
  const { layout, digest } = images.markers[given];
  const byDigest = seed.kind === 'policy' && seed.byDigest === true;
  const dockerfile = `${seed.kind === 'worker' ? seed.dockerfile : 'honest'}.Dockerfile`;
  const worker = makeWorker({
    subject: {
      name,
      source: { kind: 'dockerfile', dockerfile },
      target: 'subject',
      workerContext: 'worker',
      args: {
        BASE: byDigest ? `${distro.baseRef}@${images.base.digest}` : distro.baseRef,
        MIRROR: `${registry}/mirror/${DISTRO}:latest`,
      },
    },
    distro,
    path,
    marker: `oci-layout://${layout}@${digest}`,
    installable: false,
    project: join(folder, 'context'),
    buildFiles: join(folder, 'run/subject'),
    out: join(folder, 'probe', name),
  });
  const contexts = { ...worker.contexts, kit: join(folder, 'context/kit') };
  return {
    mutant,
    path,
    worker: { ...worker, name: `${name}-${path}`, contexts },
    policy: path === 'source-policy' ? policyOf(mutant, distro, `${registry}/${given}`, digest) : undefined,
  };
}

function policyOf({ seed }: Mutant, distro: Distro, address: string, digest: string): string {
  const marker = `${address}/marker/${DISTRO}:latest`;
  const policy = generatePolicy(distro, address).replaceAll(marker, `${marker}@${digest}`);
  return seed.kind === 'policy' ? seed.edit(policy, distro.baseRef) : policy;
}

/** What is built together: workers under the same policy, but each by itself that may fail and would stop the others. */
export async function groupMutants(planned: readonly PlannedMutant[], folder: string): Promise<ProbeGroup[]> {
  await mkdir(folder, { recursive: true });
  const groups = new Map<string, { name: string; workers: BakeWorker[]; policyFile: string | undefined }>();
  for (const { mutant, worker, policy } of planned) {
    const id = JSON.stringify([policy, mayFail(mutant) ? worker.name : '']);
    const group = groups.get(id);
    if (group !== undefined) {
      group.workers.push(worker);
      continue;
    }
    const policyFile = policy === undefined ? undefined : join(folder, `${worker.name}.json`);
    if (policyFile !== undefined) await writeFile(policyFile, policy ?? '');
    groups.set(id, { name: `with-${worker.name}`, workers: [worker], policyFile });
  }
  return [...groups.values()];
}

function mayFail({ seed, paths: [path = 'worker-context'], expects }: Mutant): boolean {
  const verdicts = PLATFORMS.flatMap((platform) =>
    [true, false].map((native) => expects({ path, platform, native })),
  );
  return (
    seed.kind === 'worker' && (verdicts.includes('build-failed') || verdicts.includes('needs-emulation'))
  );
}
