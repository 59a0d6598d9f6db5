import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what outlives a run: the engine's programs, its state and the bootstrapped bases.
 * `PLATFORM_MARKER_CACHE`, else `platform-marker` in the user's cache folder (XDG Base Directory).
 */
export function cacheFolder(): string {
  const own = process.env['PLATFORM_MARKER_CACHE'];
  if (own) return own;
  const user = process.env['XDG_CACHE_HOME'];
  return join(user ? user : join(homedir(), '.cache'), 'platform-marker');
}

/** A folder below the cache folder, made if it is not there, readable by this user alone. */
export async function cacheSubfolder(name: string): Promise<string> {
  const folder = join(cacheFolder(), name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Whether a rename failed because another process has put the same folder there first, which is as good. */
export function isThere(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}
