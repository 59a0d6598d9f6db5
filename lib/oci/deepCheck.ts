import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Layout } from './blobs.ts';
import { readConfig, readIndex, readManifest } from './documents.ts';
import { NOTHING_SPENT, readLayer } from './layer/readLayer.ts';
import { LayoutError, located } from './layoutError.ts';
import { LOOKUP_LIMITS, MAX_INDEX_DESCRIPTORS, type LookupLimits } from './limits.ts';
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
 * read too. It goes on after a problem.
 *
 * @param limits for each layer; `LOOKUP_LIMITS` where left out.
 */
export async function deepCheck(layout: Layout, limits: Partial<LookupLimits> = {}): Promise<DeepCheck> {
  const layerLimits = { ...LOOKUP_LIMITS, ...limits };
  const result: DeepCheck = { blobs: 0, bytes: 0, problems: [] };
  const done = new Set<string>();

  /** Checks a blob unless it has been checked already, and returns what came out of it. */
  async function check<T>(descriptor: Descriptor, read: () => Promise<T>): Promise<T | undefined> {
    if (done.has(descriptor.digest)) return undefined;
    done.add(descriptor.digest);
    try {
      const value = await read();
      result.blobs += 1;
      result.bytes += descriptor.size;
      return value;
    } catch (error) {
      const problem = located(error, { layout: layout.path, descriptor });
      if (!(problem instanceof LayoutError)) throw problem;
      result.problems.push(problem);
      return undefined;
    }
  }

  async function checkManifest(descriptor: Descriptor): Promise<void> {
    const { mediaType } = descriptor;
    const manifest = await check(descriptor, async () =>
      readManifest(await layout.readDocument(descriptor), mediaType),
    );
    if (manifest === undefined) return;
    const { config, layers } = manifest;
    const isImage = isConfigType(config.mediaType);
    const image = await check(config, async () => {
      const bytes = await layout.readDocument(config);
      return isImage ? readConfig(bytes, config.mediaType) : undefined;
    });
    for (const [i, layer] of layers.entries()) {
      const diffId = image?.rootfs.diff_ids[i];
      await check(layer, async () => {
        if (diffId === undefined || layer.mediaType.endsWith('+json'))
          return drain(await layout.openBlob(layer));
        const spent = { ...NOTHING_SPENT };
        await readLayer(layout, { descriptor: layer, diffId }, () => false, layerLimits, spent);
      });
    }
  }

  const todo = [...layout.index.manifests];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const descriptor = next;
    if (done.size > MAX_INDEX_DESCRIPTORS) break;
    if (isIndexType(descriptor.mediaType)) {
      const index = await check(descriptor, async () =>
        readIndex(await layout.readDocument(descriptor), descriptor.mediaType),
      );
      todo.push(...(index?.manifests ?? []));
    } else if (isManifestType(descriptor.mediaType)) await checkManifest(descriptor);
    else await check(descriptor, async () => drain(await layout.openBlob(descriptor)));
  }
  return result;
}

async function drain(blob: Readable): Promise<void> {
  await finished(blob.resume());
}
