import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Descriptor } from '../../lib/oci/types.ts';

export const FIXTURES = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));
export const MARKER = join(FIXTURES, 'marker');
/** What is in MARKER, as BuildKit wrote it. */
export const MARKER_INDEX = 'sha256:f80584115dc9d19dc2bf0883f3d0baefb949552df72fae8130115dfed8ef8260';
export const MARKER_AMD64 = 'sha256:e0e8675e5379a1ea98e6f3995da28b7e3e240963acf8657b01a7fe218f006722';
export const MARKER_CONFIG = 'sha256:484133aa7086c92e913866ebdf3dc0e6020bdabaafc72d96e3ad6fefd8967f07';
export const MARKER_LAYER = 'sha256:db240f56da7f7bbfb84f4ac0dfa17a1385818ed0b6581488bacdfd90420fb84e';

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
export const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** Runs `use` on a writable copy of MARKER, which is deleted afterwards. */
export async function withMarkerCopy(use: (layout: string) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    await cp(MARKER, directory, { recursive: true });
    await use(directory);
  });
}

/** Runs `use` on an empty directory, which is deleted afterwards. */
export async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-test-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes a blob into a layout, and describes it. */
export async function putBlob(
  layout: string,
  mediaType: string,
  content: string | Buffer,
): Promise<Descriptor> {
  const bytes = Buffer.from(content);
  const hex = createHash('sha256').update(bytes).digest('hex');
  await mkdir(join(layout, 'blobs', 'sha256'), { recursive: true });
  await writeFile(join(layout, 'blobs', 'sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

/** Writes an index or a manifest into a layout, and describes it. */
export function putDocument(layout: string, mediaType: string, content: object): Promise<Descriptor> {
  return putBlob(layout, mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
}

/** Writes a layout's `oci-layout` and `index.json`. */
export async function putIndex(layout: string, manifests: unknown): Promise<void> {
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** The path of a blob inside a layout. */
export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

/** The descriptor with a tag. */
export function tagged(descriptor: Descriptor, tag: string): Descriptor {
  return { ...descriptor, annotations: { 'org.opencontainers.image.ref.name': tag } };
}
