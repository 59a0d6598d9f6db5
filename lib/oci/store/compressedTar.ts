import { unpack } from '../layer/unpack.ts';
import { LayoutError } from '../layoutError.ts';
import { COMPRESSED_TAR_LIMITS, type CompressedTarLimits } from '../limits.ts';
import type { Compression } from '../mediaTypes.ts';
import { createPause } from '../pause.ts';
import type { TarEntry } from '../tar/entry.ts';
import { createTarFeed } from '../tar/feed.ts';
import type { LayoutFiles } from './files.ts';
import { createLayoutTarIndex } from './layoutTar.ts';
import { openRegular, readRange } from './readRange.ts';

/**
 * A layout that is a gzip or zstd compressed tar. Nothing is written: a first pass indexes the tar and keeps its small
 * files, documents above all, up to a limit; each larger file costs another pass up to its end.
 *
 * @throws {LayoutError} as `openPlainTar`, and for a compressed stream that `unpack` refuses; `layout-too-large`.
 */
export async function openCompressedTar(
  path: string,
  compression: Compression,
  {
    limits = COMPRESSED_TAR_LIMITS,
    signal,
  }: { limits?: CompressedTarLimits; signal?: AbortSignal | undefined },
): Promise<LayoutFiles> {
  const passes = { bytes: 0 };
  const pass = () => unpackFile(path, compression, limits, passes, signal);
  const index = createLayoutTarIndex();
  const kept = new Map<TarEntry, Buffer>();
  let keptBytes = 0;
  const feed = createTarFeed((entry) => {
    const isKept = index.add(entry) && entry.size <= limits.keptFileBytes;
    if (!isKept || keptBytes + entry.size > limits.keptBytes) return undefined;
    keptBytes += entry.size;
    return (payload) => kept.set(entry, payload);
  });
  for await (const chunk of pass()) feed.feed(chunk);
  feed.end();

  return {
    find(name) {
      const entry = index.find(name);
      if (entry === undefined) return undefined;
      const content = kept.get(entry);
      const read = () => (content === undefined ? readRangeOf(pass(), entry) : [content]);
      return { size: entry.size, read };
    },
    close: () => Promise.resolve(),
  };
}

async function* readRangeOf(
  chunks: AsyncIterable<Buffer>,
  { offset, size }: TarEntry,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.max(0, offset - at), Math.max(0, offset + size - at));
    if (part.length > 0) yield part;
    at += chunk.length;
    if (at >= offset + size) return;
  }
}

/** @param passes what all of them have unpacked; counted on. */
async function* unpackFile(
  path: string,
  compression: Compression,
  { unpackedBytes, allPassesBytes }: CompressedTarLimits,
  passes: { bytes: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const handle = await openRegular(path, path);
  let total = 0;
  const pause = createPause(signal);
  try {
    const { size } = await handle.stat();
    for await (const chunk of unpack(readRange(handle, 0, size), compression, size)) {
      total += chunk.length;
      passes.bytes += chunk.length;
      if (total > unpackedBytes) {
        throw new LayoutError('layout-too-large', `unpacks to over ${unpackedBytes} bytes: expected less`);
      }
      if (passes.bytes > allPassesBytes) {
        const detail = `over ${allPassesBytes} bytes in all passes over it: expected fewer large blobs, or a plain tar`;
        throw new LayoutError('layout-too-large', detail);
      }
      await pause.after(chunk.length);
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}
