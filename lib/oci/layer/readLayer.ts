import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type { Layout } from '../blobs.ts';
import { parseDigest } from '../digest.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { layerCompression } from '../mediaTypes.ts';
import { createTarFeed } from '../tar/feed.ts';
import type { Descriptor } from '../types.ts';
import { indexLayer, type Held } from './indexLayer.ts';
import type { LayerIndex } from './layerIndex.ts';
import { unpack } from './unpack.ts';

/** A layer as a manifest and its config name it. */
export interface LayerSource {
  descriptor: Descriptor;
  /** The digest of the unpacked tar, from the config's `rootfs.diff_ids`. */
  diffId: string;
}

/** The bytes of a file, and where in the layer they are. */
export interface Payload {
  offset: number;
  bytes: Buffer;
}

/** What has been read of a layer. */
export interface LayerContent {
  index: LayerIndex;
  /** What is held with it, and with what was held before. */
  held: Held;
  /** The payloads that were asked for, by path; of a path that comes twice, the last one alone is kept. */
  payloads: Map<string, Payload>;
}

/** What a lookup has cost so far. */
export interface Spent {
  /** Bytes that layers were unpacked to. Counted on while a layer is read. */
  unpackedBytes: number;
  /** What is kept of layers. */
  held: Held;
}

export const NOTHING_SPENT: Readonly<Spent> = { unpackedBytes: 0, held: { entries: 0, nameBytes: 0 } };

/**
 * Reads a layer from its first byte to its last, and returns what it says about paths and the payloads of the files that
 * `wants` picks by path and offset. Memory grows with the number of entries and with what is picked, not with the layer.
 *
 * Digest, size and diff_id are checked, and a tar that two readers could see two things in is refused (`walkTar`).
 *
 * @throws {LayoutError} for whatever is wrong with the blob, its compression, its tar or its changeset.
 */
export async function readLayer(
  layout: Layout,
  source: LayerSource,
  wants: (path: string, offset: number) => boolean,
  limits: LookupLimits,
  spent: Spent,
): Promise<LayerContent> {
  const { descriptor, diffId } = source;
  try {
    const compression = layerCompression(descriptor.mediaType);
    const { algorithm, hex } = parseDigest(diffId);
    const hash = createHash(algorithm);
    const index = indexLayer(limits, spent.held);
    const payloads = new Map<string, Payload>();
    const tar = createTarFeed((entry) => {
      const path = index.add(entry);
      const { type, offset, size } = entry;
      if (path === undefined || type !== 'file' || !wants(path, offset)) return undefined;
      if (size > limits.fileBytes) throw fileTooLarge(path, size, limits);
      return (bytes) => payloads.set(path, { offset, bytes });
    });
    for await (const chunk of unpack(await layout.openBlob(descriptor), compression, descriptor.size)) {
      spent.unpackedBytes += chunk.length;
      if (spent.unpackedBytes > limits.unpackedBytes) throw tooLarge(limits);
      hash.update(chunk);
      tar.feed(chunk);
    }
    tar.end();
    const found = hash.digest('hex');
    if (found !== hex) {
      throw new LayoutError(
        'diff-id-mismatch',
        `unpacks to ${algorithm}:${found}: expected diff_id ${diffId}`,
      );
    }
    return { ...index.finish(), payloads };
  } catch (error) {
    throw located(await rootCause(error, layout, descriptor), { layout: layout.path, descriptor });
  }
}

/** Where a blob is not the one of its descriptor, that is what is wrong, and not what its bytes then led to. */
async function rootCause(error: unknown, layout: Layout, descriptor: Descriptor): Promise<unknown> {
  if (!(error instanceof LayoutError)) return error;
  try {
    await finished((await layout.openBlob(descriptor)).resume());
    return error;
  } catch (unsound) {
    return unsound;
  }
}

function tooLarge(limits: LookupLimits): LayoutError {
  return new LayoutError('layer-too-large', `unpacks to over ${limits.unpackedBytes} bytes: expected less`);
}

function fileTooLarge(path: string, size: number, limits: LookupLimits): LayoutError {
  const expected = `expected at most ${limits.fileBytes}`;
  return new LayoutError('file-too-large', `${JSON.stringify(path)} has ${size} bytes: ${expected}`);
}
