import { createHash } from 'node:crypto';
import type { Layout } from '../blobs.ts';
import { parseDigest } from '../digest.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { layerCompression } from '../mediaTypes.ts';
import type { Descriptor } from '../types.ts';
import { createLayerIndex, type LayerEntry, type LayerIndex } from './layerIndex.ts';
import { createPairedReader } from './pairedReader.ts';
import { unpack } from './unpack.ts';

/** A layer as a manifest and its config name it. */
export interface LayerSource {
  descriptor: Descriptor;
  /** The digest of the unpacked tar, from the config's `rootfs.diff_ids`. */
  diffId: string;
}

/** How many bytes may still be unpacked; counted down. */
export interface Budget {
  bytes: number;
}

/**
 * Reads a layer from its first byte to its last, and returns what it says about paths and the content of the entries
 * that `wants` picks. Memory grows with the number of entries and with what is picked, not with the layer.
 *
 * The layer is read twice over at the same time: `walkTar` sees what Go's archive/tar would, tar-stream unpacks, and
 * where the two do not agree on an entry the layer is refused. Digest, size and diff_id are checked.
 *
 * @throws {LayoutError} for whatever is wrong with the blob, its compression, its tar or its changeset.
 */
export async function readLayer(
  layout: Layout,
  source: LayerSource,
  wants: (entry: LayerEntry) => boolean,
  limits: LookupLimits,
  budget: Budget,
): Promise<LayerIndex> {
  const { descriptor, diffId } = source;
  try {
    const compression = layerCompression(descriptor.mediaType);
    const { algorithm, hex } = parseDigest(diffId);
    const hash = createHash(algorithm);
    const index = createLayerIndex(limits);
    const reader = createPairedReader((entry) => {
      const added = index.add(entry);
      if (added?.type !== 'file' || !wants(added)) return undefined;
      checkFileSize(added, limits);
      return (content) => {
        added.content = content;
      };
    });
    try {
      for await (const chunk of unpack(await layout.openBlob(descriptor), compression)) {
        budget.bytes -= chunk.length;
        if (budget.bytes < 0) throw tooLarge(limits);
        hash.update(chunk);
        await reader.write(chunk);
      }
      await reader.end();
    } finally {
      reader.destroy();
    }
    const found = hash.digest('hex');
    if (found !== hex) {
      throw new LayoutError(
        'diff-id-mismatch',
        `unpacks to ${algorithm}:${found}: expected diff_id ${diffId}`,
      );
    }
    return index.finish();
  } catch (error) {
    throw located(error, { layout: layout.path, descriptor });
  }
}

function tooLarge(limits: LookupLimits): LayoutError {
  return new LayoutError('layer-too-large', `unpacks to over ${limits.unpackedBytes} bytes: expected less`);
}

function checkFileSize(entry: LayerEntry, limits: LookupLimits): void {
  if (entry.size <= limits.fileBytes) return;
  const expected = `expected at most ${limits.fileBytes}`;
  throw new LayoutError(
    'file-too-large',
    `${JSON.stringify(entry.path)} has ${entry.size} bytes: ${expected}`,
  );
}
