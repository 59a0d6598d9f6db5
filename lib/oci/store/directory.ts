import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayoutFiles } from './files.ts';
import { notAFile, openRegular, readRange } from './readRange.ts';

/** A layout that is a directory (image-spec `image-layout.md`). */
export function openDirectory(root: string): LayoutFiles {
  return {
    async find(name) {
      const path = join(root, name);
      const stats = await lstat(path).catch(ignoreMissing);
      if (stats === undefined) return undefined;
      if (!stats.isFile()) throw notAFile(name);
      return { size: stats.size, read: () => readWhole(path, name, stats.size) };
    },
    close: () => Promise.resolve(),
  };
}

async function* readWhole(path: string, name: string, size: number): AsyncGenerator<Buffer> {
  const handle = await openRegular(path, name);
  try {
    yield* readRange(handle, 0, size);
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}
