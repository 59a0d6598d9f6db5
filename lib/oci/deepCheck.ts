import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Layout } from './blobs.ts';
import { readConfig, readIndex, readManifest } from './documents.ts';
import { readLayer } from './layer/readLayer.ts';
import { NOTHING_SPENT } from './layer/streamLayer.ts';
import { LayoutError, located } from './layoutError.ts';
import {
  LOOKUP_LIMITS,
  MAX_CHECK_UNPACKED_BYTES,
  MAX_INDEX_DESCRIPTORS,
  type LookupLimits,
} from './limits.ts';
import { isConfigType, isIndexType, isManifestType } from './mediaTypes.ts';
import type { Descriptor } from './types.ts';

/** What a deep check went over. */
export interface DeepCheck {
  /** Blobs that were read and are sound, each counted once. */
  blobs: number;
  /** Their bytes together. */
  bytes: number;
  /** Everything that is wrong; empty for a layout that is sound. */
  problems: LayoutError[];
}

/**
 * Reads every blob that can be reached from index.json, whatever its tag, and holds it against size and digest; image
 * layers also against their diff_ids, and their tars against all rules of `readLayer`. Attestations and artifacts are
 * read too. It goes on after a problem, except for one too many descriptors.
 *
 * @param limits for each layer; `LOOKUP_LIMITS` where left out.
 */
export async function deepCheck(layout: Layout, limits: Partial<LookupLimits> = {}): Promise<DeepCheck> {
  const layerLimits = { ...LOOKUP_LIMITS, ...limits };
  const result: DeepCheck = { blobs: 0, bytes: 0, problems: [] };
  const checked = new Set<string>();
  const sound = new Set<string>();

  /** Notes what comes of a reading. The same blob is counted once, and the same problem told once. */
  async function check<T>(reading: Reading, read: () => Promise<T>): Promise<T | undefined> {
    const { descriptor, isDocument, diffId } = reading;
    const { mediaType, digest, size } = descriptor;
    const key = [mediaType, digest, size, diffId].join();
    const isFirst = !checked.has(key);
    // What a document says is needed wherever it is pointed at.
    if (!isFirst && !isDocument) return undefined;
    checked.add(key);
    try {
      const value = await read();
      if (!sound.has(digest)) {
        sound.add(digest);
        result.blobs += 1;
        result.bytes += size;
      }
      return value;
    } catch (error) {
      const problem = located(error, { layout: layout.path, descriptor });
      if (!(problem instanceof LayoutError)) throw problem;
      if (isFirst) result.problems.push(problem);
      return undefined;
    }
  }

  function checkDocument<T>(
    descriptor: Descriptor,
    parse: (bytes: Uint8Array, mediaType: string) => T,
  ): Promise<T | undefined> {
    return check({ descriptor, isDocument: true }, async () =>
      parse(await layout.readDocument(descriptor), descriptor.mediaType),
    );
  }

  async function checkBlob(descriptor: Descriptor): Promise<void> {
    await check({ descriptor, isDocument: false }, async () => drain(await layout.openBlob(descriptor)));
  }

  async function checkManifest(descriptor: Descriptor): Promise<void> {
    const manifest = await checkDocument(descriptor, readManifest);
    if (manifest === undefined) return;
    const { config, layers } = manifest;
    const image = isConfigType(config.mediaType) ? await checkDocument(config, readConfig) : undefined;
    if (!isConfigType(config.mediaType)) await checkBlob(config);
    for (const [i, layer] of layers.entries()) {
      const diffId = image?.rootfs.diff_ids[i];
      if (diffId === undefined || layer.mediaType.endsWith('+json')) await checkBlob(layer);
      else await checkLayer(layer, diffId);
    }
  }

  const spent = { ...NOTHING_SPENT };

  async function checkLayer(descriptor: Descriptor, diffId: string): Promise<void> {
    const unpackedBytes = Math.min(MAX_CHECK_UNPACKED_BYTES, spent.unpackedBytes + layerLimits.unpackedBytes);
    await check({ descriptor, isDocument: false, diffId }, () =>
      readLayer(layout, { descriptor, diffId }, new Set(), { ...layerLimits, unpackedBytes }, spent),
    );
  }

  const todo = [...layout.index.manifests];
  let listed = todo.length;
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (listed > MAX_INDEX_DESCRIPTORS) {
      const detail = `over ${MAX_INDEX_DESCRIPTORS} descriptors: expected fewer`;
      result.problems.push(new LayoutError('index-too-large', detail, { layout: layout.path }));
      return result;
    }
    if (isManifestType(next.mediaType)) await checkManifest(next);
    else if (isIndexType(next.mediaType)) {
      const manifests = (await checkDocument(next, readIndex))?.manifests ?? [];
      listed += manifests.length;
      todo.push(...manifests);
    } else await checkBlob(next);
  }
  return result;
}

/** A blob that is read, and what for. */
interface Reading {
  descriptor: Descriptor;
  isDocument: boolean;
  /** What a layer has to unpack to. */
  diffId?: string;
}

async function drain(blob: Readable): Promise<void> {
  await finished(blob.resume());
}
