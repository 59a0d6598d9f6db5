import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { CHUNK_BYTES } from '../limits.ts';
import type { LayoutFiles } from './files.ts';
import { notAFile, openRegular, readRange, readRegular } from './readRange.ts';

/**
 * A layout that is a directory (image-spec `image-layout.md`). What fits into a chunk is read without giving way to other
 * work: most files of a layout are documents, for which that takes a tenth of the time.
 */
export function openDirectory(root: string): LayoutFiles {
  return {
    find(name) {
      const path = join(root, name);
      const stats = statsOf(path);
      if (stats === undefined) return undefined;
      if (!stats.isFile()) throw notAFile(name);
      const { size } = stats;
      const read = () => (size > CHUNK_BYTES ? readWhole(path, name, size) : [readRegular(path, name, size)]);
      return { size, read };
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

function statsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return undefined;
  }
}
