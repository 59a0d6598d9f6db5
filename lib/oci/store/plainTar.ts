import type { FileHandle } from 'node:fs/promises';
import { walkTar } from '../tar/walk.ts';
import { LayoutError } from '../layoutError.ts';
import type { LayoutFiles } from './files.ts';
import { createLayoutTarIndex, type LayoutTarIndex } from './layoutTar.ts';
import { openRegular, readRange } from './readRange.ts';

/**
 * A layout that is an uncompressed tar: its headers are read once, going over the payloads, and every file is then
 * read from its place in the tar.
 *
 * @throws {LayoutError} for a tar that `walkTar` refuses or that holds a name twice.
 */
export async function openPlainTar(path: string): Promise<LayoutFiles> {
  const handle = await openRegular(path, path);
  try {
    const index = createLayoutTarIndex();
    await indexTar(handle, index);
    return {
      find(name) {
        const entry = index.find(name);
        return entry && { size: entry.size, read: () => readRange(handle, entry.offset, entry.size) };
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function indexTar(handle: FileHandle, index: LayoutTarIndex): Promise<void> {
  const { size } = await handle.stat();
  const walk = walkTar();
  let at = 0;
  let step = walk.next();
  while (!step.done) {
    const { value } = step;
    let bytes: Buffer = Buffer.alloc(0);
    if (value.kind === 'entry') index.add(value.entry);
    else if (value.kind === 'skip') at += value.bytes;
    else {
      bytes = await readAt(handle, at, value.bytes);
      at += bytes.length;
    }
    if (at > size) {
      throw new LayoutError('tar-truncated', `the tar ends at ${size}: expected at least ${at} bytes`);
    }
    step = walk.next(bytes);
  }
}

async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readRange(handle, start, length)) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}
