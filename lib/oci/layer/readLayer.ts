import type { Layout } from '../blobs.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import type { TarEntry } from '../tar/entry.ts';
import { indexLayer, type Held } from './indexLayer.ts';
import type { LayerIndex } from './layerIndex.ts';
import type { LayerEntry } from './layerPaths.ts';
import { streamLayer, type LayerSource, type Spent } from './streamLayer.ts';

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

/**
 * Reads a layer and returns what it says about paths, and the payloads of the files whose paths are wanted. Memory grows
 * with the number of entries and with what is wanted, not with the layer.
 *
 * @throws {LayoutError} as `streamLayer`, and for a changeset that is refused (`indexLayer`).
 */
export async function readLayer(
  layout: Layout,
  source: LayerSource,
  wanted: ReadonlySet<string>,
  limits: LookupLimits,
  spent: Spent,
): Promise<LayerContent> {
  const indexer = indexLayer(limits, spent.held);
  const payloads = new Map<string, Payload>();
  const onEntry = (entry: TarEntry) => {
    const path = indexer.add(entry);
    if (path === undefined || entry.type !== 'file' || !wanted.has(path)) return undefined;
    checkFileSize(path, entry.size, limits);
    return (bytes: Buffer) => payloads.set(path, { offset: entry.offset, bytes });
  };
  await streamLayer(layout, source, onEntry, limits, spent);
  try {
    return { ...indexer.finish(), payloads };
  } catch (error) {
    throw located(error, { layout: layout.path, descriptor: source.descriptor });
  }
}

/**
 * Reads a layer again for the payload of one of its files.
 *
 * @throws {LayoutError} as `streamLayer`, and for a file that is too large.
 */
export async function readPayload(
  layout: Layout,
  source: LayerSource,
  { path, offset }: Pick<LayerEntry, 'path' | 'offset'>,
  limits: LookupLimits,
  spent: Spent,
): Promise<Buffer> {
  let payload: Buffer = Buffer.alloc(0);
  const onEntry = (entry: TarEntry) => {
    if (entry.offset !== offset) return undefined;
    checkFileSize(path, entry.size, limits);
    return (bytes: Buffer) => {
      payload = bytes;
    };
  };
  await streamLayer(layout, source, onEntry, limits, spent);
  return payload;
}

function checkFileSize(path: string, size: number, limits: LookupLimits): void {
  if (size <= limits.fileBytes) return;
  const expected = `expected at most ${limits.fileBytes}`;
  throw new LayoutError('file-too-large', `${JSON.stringify(path)} has ${size} bytes: ${expected}`);
}
