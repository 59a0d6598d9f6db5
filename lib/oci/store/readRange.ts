import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { LayoutError } from '../layoutError.ts';
import { CHUNK_BYTES } from '../limits.ts';

/** A link in the last part of a path is not followed, and a fifo's writer is not waited for. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a regular file for reading, without following a link in its last part and without waiting for a fifo's writer.
 *
 * @throws {LayoutError} `blob-not-a-file` for anything else that is there now.
 */
export async function openRegular(path: string, shown: string): Promise<FileHandle> {
  const handle = await open(path, OPEN_FLAGS).catch((error: unknown) => {
    throw isLink(error) ? notAFile(shown) : error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(shown);
}

/**
 * The first `size` bytes of a regular file, or fewer where it ends sooner; no other work is done meanwhile.
 *
 * @throws {LayoutError} as `openRegular`.
 */
export function readRegular(path: string, shown: string, size: number): Buffer {
  const descriptor = openNow(path, shown);
  try {
    if (!fstatSync(descriptor).isFile()) throw notAFile(shown);
    const buffer = Buffer.allocUnsafe(size);
    let done = 0;
    while (done < size) {
      const bytes = readSync(descriptor, buffer, done, size - done, done);
      if (bytes === 0) break;
      done += bytes;
    }
    return buffer.subarray(0, done);
  } finally {
    closeSync(descriptor);
  }
}

function openNow(path: string, shown: string): number {
  try {
    return openSync(path, OPEN_FLAGS);
  } catch (error) {
    throw isLink(error) ? notAFile(shown) : error;
  }
}

function isLink(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ELOOP';
}

export function notAFile(shown: string): LayoutError {
  return new LayoutError(
    'blob-not-a-file',
    `${shown} is a link, directory, fifo or device: expected a regular file`,
  );
}

/** Yields `length` bytes of an open file from `start` on, or fewer where it ends sooner. */
export async function* readRange(handle: FileHandle, start: number, length: number): AsyncGenerator<Buffer> {
  let done = 0;
  while (done < length) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start + done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
