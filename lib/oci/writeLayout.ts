import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { sha256 } from './digest.ts';
import { CHUNK_BYTES } from './limits.ts';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_GZIP, OCI_MANIFEST } from './mediaTypes.ts';
import { parsePlatform } from './platform.ts';
import { createTarFeed } from './tar/feed.ts';
import type { Descriptor, ImageConfig, Index, Manifest } from './types.ts';

/** An uncompressed tar: a file, or its bytes. */
export type LayerInput = { path: string } | { tar: AsyncIterable<Uint8Array> };

export interface ImageInput {
  /** As `parsePlatform` reads it. */
  platform: string;
  /** From the base up. */
  layers: LayerInput[];
  /** What a container of it runs with; nothing where left out. */
  config?: NonNullable<ImageConfig['config']>;
}

/** The same input gives the same bytes: nothing in a layout tells when it was made. */
const CREATED = '1970-01-01T00:00:00Z';
/** A layout is made for a builder beside it: level 1 takes a third of the time for a fifth more bytes. */
const GZIP_LEVEL = 1;

/**
 * Writes an OCI image layout (image-spec 1.1 `image-layout.md`) with one manifest for each image. Its index.json holds
 * one index with the tag as `org.opencontainers.image.ref.name`, as buildx writes it.
 *
 * It is written beside `dir` and renamed at the end, so that a layout is there whole or not at all; one that was there
 * is replaced.
 *
 * @param dir where the layout goes; its parent is made where missing.
 * @returns the descriptor of the index that bears the tag.
 * @throws {LayoutError} for a layer that is no plain tar, or one that `walkTar` refuses.
 * @throws {RangeError} for a platform that is none, or where `dir` holds something else than a layout.
 */
export async function writeLayout(
  dir: string,
  content: { images: readonly ImageInput[]; ref?: string },
): Promise<Descriptor> {
  const partial = join(dirname(dir), `.${basename(dir)}.partial-${randomUUID()}`);
  try {
    await mkdir(join(partial, 'blobs', 'sha256'), { recursive: true });
    const manifests: Descriptor[] = [];
    for (const image of content.images) manifests.push(await writeImage(partial, image));
    const index = await writeDocument(partial, OCI_INDEX, {
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests,
    } satisfies Index);
    const tagged: Descriptor = {
      ...index,
      annotations: { 'org.opencontainers.image.ref.name': content.ref ?? 'latest' },
    };
    const root: Index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [tagged] };
    await writeFile(join(partial, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await writeFile(join(partial, 'index.json'), JSON.stringify(root));
    await putInPlace(partial, dir);
    return tagged;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function writeImage(dir: string, image: ImageInput): Promise<Descriptor> {
  const platform = parsePlatform(image.platform);
  const layers: Descriptor[] = [];
  const diffIds: string[] = [];
  for (const input of image.layers) {
    const { descriptor, diffId } = await writeLayer(dir, input);
    layers.push(descriptor);
    diffIds.push(diffId);
  }
  const config = await writeDocument(dir, OCI_CONFIG, {
    created: CREATED,
    ...platform,
    config: image.config ?? {},
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created: CREATED })),
  } satisfies ImageConfig);
  const manifest = await writeDocument(dir, OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config,
    layers,
  } satisfies Manifest);
  return { ...manifest, platform };
}

/** Streams a tar into a gzip blob; only its digests are known at the end, and then its name. */
async function writeLayer(
  dir: string,
  input: LayerInput,
): Promise<{ descriptor: Descriptor; diffId: string }> {
  const unnamed = join(dir, 'layer');
  const diff = createHash('sha256');
  const blob = createHash('sha256');
  let size = 0;
  await pipeline(
    'path' in input ? createReadStream(input.path, { highWaterMark: CHUNK_BYTES }) : input.tar,
    (source: AsyncIterable<Uint8Array>) => checkedTar(source, diff),
    createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES }),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        blob.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(unnamed),
  );
  const digest = `sha256:${blob.digest('hex')}`;
  await rename(unnamed, blobPath(dir, digest));
  return { descriptor: { mediaType: OCI_LAYER_GZIP, digest, size }, diffId: `sha256:${diff.digest('hex')}` };
}

/** Passes a tar on, digests it, and refuses at the source what could not be read back. */
async function* checkedTar(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Buffer> {
  const feed = createTarFeed(() => undefined);
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    feed.feed(bytes);
    hash.update(bytes);
    yield bytes;
  }
  feed.end();
}

async function writeDocument(dir: string, mediaType: string, document: object): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  const digest = sha256(bytes);
  await writeFile(blobPath(dir, digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

function blobPath(dir: string, digest: string): string {
  return join(dir, 'blobs', ...digest.split(':'));
}

/** Renames a finished layout to its place; what was there goes first, if it is a layout or empty. */
async function putInPlace(partial: string, dir: string): Promise<void> {
  const there = await readdir(dir).catch((): string[] => []);
  if (there.length > 0 && !there.includes('oci-layout')) {
    throw new RangeError(
      `${dir} holds something else than an OCI layout: expected a layout to replace, or nothing`,
    );
  }
  await rm(dir, { recursive: true, force: true });
  await rename(partial, dir);
}
