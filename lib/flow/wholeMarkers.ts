import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openLayout } from '../oci/blobs.ts';
import { listImages } from '../oci/images.ts';
import { LayoutError } from '../oci/layoutError.ts';
import type { MarkerRequest } from './makeMarkers.ts';

/** What a run has said of a marker layout that it left whole. */
export interface WholeMarker {
  /** Of everything that went into it (see `markerIdentity`). */
  identity: string;
  /** Of its index. */
  digest: string;
}

/** By the layout's folder. */
export type WholeMarkers = Readonly<Record<string, WholeMarker>>;

/** A digest of what a marker image is made from: base, platforms, content and stages/marker.Dockerfile. */
export async function markerIdentity(
  { base, platforms, content }: MarkerRequest,
  stages: string,
): Promise<string> {
  const dockerfile = await readFile(join(stages, 'marker.Dockerfile'), 'utf8');
  return createHash('sha256')
    .update(JSON.stringify([base, platforms, content, dockerfile]))
    .digest('hex');
}

/**
 * Whether a layout is still the one that an earlier run left: its index is that digest, its documents hold against their
 * digests, and every layer is there in its size. A builder that reads a layer holds it against its digest anyway.
 */
export async function isStillWhole(path: string, { digest }: WholeMarker): Promise<boolean> {
  try {
    const layout = await openLayout(path);
    try {
      if (layout.index.manifests.length !== 1 || layout.index.manifests[0]?.digest !== digest) return false;
      const { images } = await listImages(layout);
      for (const { manifest } of images) {
        for (const layer of manifest.layers) {
          const { size } = await stat(join(path, 'blobs', layer.digest.replace(':', '/')));
          if (size !== layer.size) return false;
        }
      }
      return images.length > 0;
    } finally {
      await layout.close();
    }
  } catch (error) {
    if (error instanceof LayoutError || (error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
