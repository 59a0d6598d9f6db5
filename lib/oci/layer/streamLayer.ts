import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import type { Layout } from '../blobs.ts';
import { parseDigest } from '../digest.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { layerCompression } from '../mediaTypes.ts';
import { createPause } from '../pause.ts';
import type { TarEntry } from '../tar/entry.ts';
import { createTarFeed, type PayloadTaker } from '../tar/feed.ts';
import type { Descriptor } from '../types.ts';
import type { Held } from './indexLayer.ts';
import { unpack } from './unpack.ts';

/** A layer as a manifest and its config name it. */
export interface LayerSource {
  descriptor: Descriptor;
  /** The digest of the unpacked tar, from the config's `rootfs.diff_ids`. */
  diffId: string;
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
 * Reads a layer from its first byte to its last and keeps nothing of it. Digest, size and diff_id are checked, and a tar
 * that two readers could see two things in is refused (`walkTar`).
 *
 * @param onEntry is called for each entry, in order; what it returns gets the payload.
 * @throws {LayoutError} for whatever is wrong with the blob, its compression or its tar, and what `onEntry` throws.
 */
export async function streamLayer(
  layout: Layout,
  { descriptor, diffId }: LayerSource,
  onEntry: (entry: TarEntry) => PayloadTaker | undefined,
  limits: LookupLimits,
  spent: Spent,
): Promise<void> {
  try {
    const compression = layerCompression(descriptor.mediaType);
    const { algorithm, hex } = parseDigest(diffId);
    const hash = createHash(algorithm);
    const tar = createTarFeed(onEntry);
    const pause = createPause(layout.signal);
    for await (const chunk of unpack(await layout.openBlob(descriptor), compression, descriptor.size)) {
      spent.unpackedBytes += chunk.length;
      if (spent.unpackedBytes > limits.unpackedBytes) throw tooLarge(limits);
      hash.update(chunk);
      tar.feed(chunk);
      await pause.after(chunk.length);
    }
    tar.end();
    const found = hash.digest('hex');
    if (found !== hex) {
      throw new LayoutError(
        'diff-id-mismatch',
        `unpacks to ${algorithm}:${found}: expected diff_id ${diffId}`,
      );
    }
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
