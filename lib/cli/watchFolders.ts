import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { wrongInput } from '../fault/fault.ts';

/** Watches on folders, not on what is below them. */
export interface FolderWatch {
  /** The folders to watch from now on. For one that is not there, the one above it in which it would appear. */
  follow(folders: ReadonlySet<string>): Promise<void>;
  close(): void;
}

/**
 * Calls `wake` for everything that happens in folders, and whenever one of them begins to be watched: what was written
 * before that was seen by nobody. `follow` throws a Fault (wrong input) where the system has no watch left to give.
 */
export function watchFolders(wake: () => void): FolderWatch {
  const watchers = new Map<string, { identity: string; watcher: FSWatcher }>();
  let isClosed = false;
  const close = (path: string) => {
    watchers.get(path)?.watcher.close();
    watchers.delete(path);
  };
  return {
    follow: async (folders) => {
      const wanted = new Map(await Promise.all([...folders].map(thereOf)));
      if (isClosed) return;
      for (const [path, { identity }] of watchers) if (wanted.get(path) !== identity) close(path);
      for (const [path, identity] of wanted) {
        if (watchers.has(path)) continue;
        wake();
        const watcher = openWatcher(path)?.on('change', wake).on('error', wake);
        if (watcher !== undefined) watchers.set(path, { identity, watcher });
      }
    },
    close: () => {
      isClosed = true;
      for (const path of watchers.keys()) close(path);
    },
  };
}

/** A folder and what tells it from another one that has its name later. */
async function thereOf(folder: string): Promise<[path: string, identity: string]> {
  const found = await stat(folder, { bigint: true }).catch(() => undefined);
  if (found?.isDirectory() === true) return [folder, `${found.ino}:${found.birthtimeNs}`];
  return dirname(folder) === folder ? [folder, ''] : thereOf(dirname(folder));
}

/** Undefined where the folder has gone in the meantime. */
function openWatcher(path: string): FSWatcher | undefined {
  try {
    return watch(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code !== 'ENOSPC' && code !== 'EMFILE') throw error;
    throw wrongInput({
      message: `${path} cannot be watched: the system has no watch left to give (${code})`,
      next: 'leave folders that the build does not need out with a .dockerignore, or raise fs.inotify.max_user_watches and max_user_instances',
    });
  }
}
