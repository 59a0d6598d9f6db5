import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLayout } from '../oci/blobs.ts';
import { sha256 } from '../oci/digest.ts';
import { listImages } from '../oci/images.ts';
import { OCI_INDEX } from '../oci/mediaTypes.ts';
import type { Descriptor, Index } from '../oci/types.ts';

/**
 * Makes one OCI layout (image-spec 1.1 `image-layout.md`) of the images of several, which no platform may come twice
 * in. Its blobs are hard links to theirs, so it takes no room, and has to be on the same file system.
 *
 * @param dir where it goes: a folder that is not there yet.
 * @param layouts folders of layouts as `writeLayout` leaves them.
 */
export async function joinLayouts(dir: string, layouts: readonly string[]): Promise<void> {
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true });
  const manifests: Descriptor[] = [];
  const linked = new Set<string>();
  for (const path of layouts) {
    const layout = await openLayout(path);
    try {
      for (const { descriptor, manifest } of (await listImages(layout)).images) {
        manifests.push(descriptor);
        for (const { digest } of [descriptor, manifest.config, ...manifest.layers]) {
          if (linked.has(digest)) continue;
          linked.add(digest);
          await link(blobPath(path, digest), blobPath(dir, digest));
        }
      }
    } finally {
      await layout.close();
    }
  }
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests } satisfies Index),
  );
  const digest = sha256(bytes);
  await writeFile(blobPath(dir, digest), bytes);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const tagged: Descriptor = { mediaType: OCI_INDEX, digest, size: bytes.length, annotations };
  const root: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [tagged] };
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(dir, 'index.json'), JSON.stringify(root));
}

function blobPath(dir: string, digest: string): string {
  return join(dir, 'blobs', ...digest.split(':'));
}
