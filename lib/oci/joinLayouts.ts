import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openLayout } from './blobs.ts';
import { sha256 } from './digest.ts';
import { listImages } from './images.ts';
import { OCI_INDEX } from './mediaTypes.ts';
import { parsePlatform } from './platform.ts';
import type { Descriptor, Index } from './types.ts';

/**
 * Makes one OCI layout (image-spec 1.1 `image-layout.md`) of the images of several, which no platform may come twice
 * in. Its blobs are hard links to theirs, so it takes no room, and has to be on the same file system. Its index is byte
 * by byte the one that BuildKit writes for these images in this order (`exporter/containerimage/writer.go`), so that an
 * image that was built in parts has the digest of one that was built at once.
 *
 * @param dir where it goes: a folder that is not there yet.
 * @param layouts folders of layouts as `writeLayout` or BuildKit leaves them.
 * @returns the digest of the index.
 */
export async function joinLayouts(dir: string, layouts: readonly string[]): Promise<string> {
  await mkdir(join(dir, 'blobs', 'sha256'), { recursive: true });
  const manifests: Descriptor[] = [];
  const linked = new Set<string>();
  for (const path of layouts) {
    const layout = await openLayout(path);
    try {
      for (const { descriptor, manifest, platform } of (await listImages(layout)).images) {
        manifests.push(describe(descriptor, platform));
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
  const index: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  const bytes = Buffer.from(JSON.stringify(index, null, 2));
  const digest = sha256(bytes);
  await writeFile(blobPath(dir, digest), bytes);
  const annotations = { 'org.opencontainers.image.ref.name': 'latest' };
  const tagged: Descriptor = { mediaType: OCI_INDEX, digest, size: bytes.length, annotations };
  const root: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [tagged] };
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  await writeFile(join(dir, 'index.json'), JSON.stringify(root));
  return digest;
}

/** With nothing but what tells it from the others, in Go's order of fields. */
function describe({ mediaType, digest, size }: Descriptor, name: string): Descriptor {
  const { architecture, os, variant } = parsePlatform(name);
  const platform = { architecture, os, ...(variant === undefined ? {} : { variant }) };
  return { mediaType, digest, size, platform };
}

function blobPath(dir: string, digest: string): string {
  return join(dir, 'blobs', ...digest.split(':'));
}
