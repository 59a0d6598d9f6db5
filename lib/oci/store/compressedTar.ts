import { unpack } from '../layer/unpack.ts';
import { LayoutError } from '../layoutError.ts';
import { MAX_KEPT_BYTES, MAX_KEPT_FILE_BYTES, MAX_LAYOUT_TAR_BYTES } from '../limits.ts';
import type { Compression } from '../mediaTypes.ts';
import { createTarFeed } from '../tar/feed.ts';
import type { TarEntry } from '../tar/entry.ts';
import type { LayoutFiles } from './files.ts';
import { createLayoutTarIndex } from './layoutTar.ts';
import { openRegular, readRange } from './readRange.ts';

/**
 * A layout that is a gzip or zstd compressed tar. Nothing is written: a first pass indexes the tar and keeps its small
 * files, documents above all, up to a limit; each larger file costs another pass up to its end.
 *
 * @throws {LayoutError} as `openPlainTar`, and for a compressed stream that `unpack` refuses.
 */
export async function openCompressedTar(path: string, compression: Compression): Promise<LayoutFiles> {
  const index = createLayoutTarIndex();
  const kept = new Map<TarEntry, Buffer>();
  let open: { entry: TarEntry; content: Buffer }[] = [];
  let keptBytes = 0;
  const feed = createTarFeed((entry) => {
    index.add(entry);
    if (entry.type !== 'file' || entry.size > MAX_KEPT_FILE_BYTES || keptBytes + entry.size > MAX_KEPT_BYTES)
      return;
    keptBytes += entry.size;
    const content = Buffer.alloc(entry.size);
    kept.set(entry, content);
    open.push({ entry, content });
  });
  let at = 0;
  for await (const chunk of unpackFile(path, compression)) {
    feed.feed(chunk);
    for (const { entry, content } of open) copyOverlap(chunk, at, content, entry.offset);
    at += chunk.length;
    open = open.filter(({ entry }) => entry.offset + entry.size > at);
  }
  feed.end();

  return {
    find(name) {
      const entry = index.find(name);
      if (entry === undefined) return Promise.resolve(undefined);
      const content = kept.get(entry);
      const read = () => (content === undefined ? readAgain(path, compression, entry) : once(content));
      return Promise.resolve({ size: entry.size, read });
    },
    close: () => Promise.resolve(),
  };
}

/** Copies into `content`, which starts at `contentStart`, what of it lies in a chunk that starts at `chunkStart`. */
function copyOverlap(chunk: Buffer, chunkStart: number, content: Buffer, contentStart: number): void {
  const from = Math.max(chunkStart, contentStart);
  const to = Math.min(chunkStart + chunk.length, contentStart + content.length);
  if (from < to) chunk.copy(content, from - contentStart, from - chunkStart, to - chunkStart);
}

async function* readAgain(path: string, compression: Compression, entry: TarEntry): AsyncGenerator<Buffer> {
  const end = entry.offset + entry.size;
  let at = 0;
  for await (const chunk of unpackFile(path, compression)) {
    const part = chunk.subarray(Math.max(0, entry.offset - at), Math.max(0, end - at));
    if (part.length > 0) yield part;
    at += chunk.length;
    if (at >= end) return;
  }
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

async function* unpackFile(path: string, compression: Compression): AsyncGenerator<Buffer> {
  const handle = await openRegular(path, path);
  let total = 0;
  try {
    const { size } = await handle.stat();
    for await (const chunk of unpack(readRange(handle, 0, size), compression)) {
      total += chunk.length;
      if (total > MAX_LAYOUT_TAR_BYTES) {
        throw new LayoutError(
          'layout-too-large',
          `unpacks to over ${MAX_LAYOUT_TAR_BYTES} bytes: expected less`,
        );
      }
      yield chunk;
    }
  } finally {
    await handle.close();
  }
}
