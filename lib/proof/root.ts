import { formatPlatform } from '../oci/platform.ts';
import type { Policy } from '../policy/types.ts';
import type { Material } from './materials.ts';
import { isWholeRoot, originsOfResult, type Origin } from './origins.ts';
import type { Provenance } from './provenance.ts';
import { fetchedSource, isImageOp, isNamed } from './sourceImage.ts';

/** Something that the worker's root is made from. */
export interface RootPart {
  /** For people: the image's reference, or the source's identifier where it is none. */
  name: string;
  /** Of an image, if it is known. */
  digest?: string;
  /** Of an image, normalized; undefined where neither op nor builder says it, and for what is no image. */
  platform: string | undefined;
  /** The path in the source. */
  path: string;
  /** Where it lies in the worker. */
  place: Origin['place'];
  /** Whether it is the source's whole root, as the worker's root. */
  whole: boolean;
  /** Whether a command stood in between, which may have made it. */
  ran: boolean;
}

/** What the worker's root is made from, the lowest first, or why that cannot be told. */
export type Root = { parts: readonly RootPart[] } | { problem: string };

/**
 * Follows the root of a build's result back to its sources. The steps name images as the frontend did; `policies` are
 * the source policies that the build ran under, which BuildKit applies when it loads the ops
 * (`solver/llbsolver/vertex.go`), and the materials hold the digests of what was fetched.
 */
export function rootOf(
  { builderPlatform, steps }: Pick<Provenance, 'builderPlatform' | 'steps'>,
  materials: readonly Material[],
  policies: readonly Policy[],
): Root {
  try {
    const parts = originsOfResult(steps).map((origin): RootPart => {
      const isImage = isImageOp(origin.source);
      const asked = origin.platform ?? (isImage ? builderPlatform : undefined);
      const platform = asked === undefined ? undefined : formatPlatform(asked);
      const { path, place, ran } = origin;
      return {
        ...sourceOf(origin, platform, policies, materials),
        platform,
        path,
        place,
        whole: isWholeRoot(origin),
        ran,
      };
    });
    return { parts };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { problem: error.message };
  }
}

function sourceOf(
  { source }: Origin,
  platform: string | undefined,
  policies: readonly Policy[],
  materials: readonly Material[],
): Pick<RootPart, 'name' | 'digest'> {
  const { isImage, ...image } = fetchedSource(source, policies);
  if (!isImage || image.digest !== undefined) return image;
  const fetched = materials.find(
    (material) => isNamed(material, { isImage, ...image }) && material.platform === platform,
  );
  return fetched?.digest === undefined ? image : { ...image, digest: fetched.digest };
}
