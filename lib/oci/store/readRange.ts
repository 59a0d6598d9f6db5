import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { LayoutError } from '../layoutError.ts';
import { CHUNK_BYTES } from '../limits.ts';

/**
 * Opens a regular file for reading, without following a link in its last part and without waiting for a fifo's writer.
 *
 * @throws {LayoutError} `blob-not-a-file` for anything else that is there now.
 */
export async function openRegular(path: string, shown: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    const isLink = (error as NodeJS.ErrnoException).code === 'ELOOP';
    throw isLink ? notAFile(shown) : error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(shown);
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
