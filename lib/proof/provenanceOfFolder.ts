import { formatPlatform } from '../oci/platform.ts';
import type { Policy } from '../policy/types.ts';
import type { BuildStep, Op } from './llb.ts';
import { materialsOf, type Material } from './materials.ts';
import type { Provenance } from './provenance.ts';
import { fetchedSource, isImageOp, isNamed } from './sourceImage.ts';
import { stepsOfFolder } from './stepsOfFolder.ts';

/**
 * The provenance of one folder of a build's result, as if what it was taken from had been built by itself (see
 * `stepsOfFolder`, which throws): its own steps, and those materials alone that its own steps fetch.
 *
 * @param policies that the build ran under, in as far as they are this folder's.
 */
export function provenanceOfFolder(
  whole: Provenance,
  folder: string,
  policies: readonly Policy[],
): Provenance {
  const steps = stepsOfFolder(whole.steps, folder);
  const fetches = steps.flatMap((step) => fetchOf(step, whole, policies));
  const materials = materialsOf(whole);
  return {
    ...whole,
    steps,
    materials: whole.materials.filter((_, at) => {
      const material = materials[at];
      return material !== undefined && fetches.some((isFetched) => isFetched(material));
    }),
  };
}

/** Whether a material is what a step fetches; no step but a source fetches anything. */
function fetchOf(
  { op, platform: own }: BuildStep,
  { builderPlatform }: Provenance,
  policies: readonly Policy[],
): ((material: Material) => boolean)[] {
  if (op.kind !== 'source' || isLocal(op)) return [];
  const source = fetchedSource(op, policies);
  if (!source.isImage) return [({ kind }) => kind !== 'image' && kind !== 'oci-layout'];
  const of = own ?? (isImageOp(op) ? builderPlatform : undefined);
  const platform = of === undefined ? undefined : formatPlatform(of);
  return [
    (material) =>
      material.platform === platform &&
      (source.digest === undefined ? isNamed(material, source) : material.digest === source.digest),
  ];
}

function isLocal({ identifier }: Extract<Op, { kind: 'source' }>): boolean {
  return identifier.startsWith('local://');
}
