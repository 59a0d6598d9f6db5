import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/**
 * Opens a file for reading when it is a regular file of its own: not a symbolic link, which could lead out of the
 * layout, and not a fifo or device, which could make the reader wait.
 *
 * @returns the open file, to be closed by the caller, and its size in bytes.
 * @throws {Error} with a short reason that does not name the file.
 */
export async function openRegularFile(path: string): Promise<{ file: FileHandle; size: number }> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw new Error(whyNotOpened(error as NodeJS.ErrnoException), { cause: error });
    },
  );
  const stats = await file.stat();
  if (stats.isFile()) return { file, size: stats.size };
  await file.close();
  throw new Error('not a regular file');
}

function whyNotOpened({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file';
  if (code === 'ELOOP') return 'a symbolic link, not a file';
  // What open(2) says of a socket.
  if (code === 'ENXIO') return 'not a regular file';
  return message;
}
