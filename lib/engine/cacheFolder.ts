import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import { makeFolder } from './makeFolder.ts';

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

/**
 * A folder below the cache folder, made if it is not there, readable by this user alone. Throws a Fault (wrong input) where it
 * cannot be made.
 */
export async function cacheSubfolder(name: string): Promise<string> {
  const folder = join(cacheFolder(), name);
  await makeFolder(folder, 0o700).catch((error: unknown) => {
    throw wrongInput({
      message: `the cache folder ${cacheFolder()} cannot be written (${(error as Error).message})`,
      next: 'name another with PLATFORM_MARKER_CACHE',
    });
  });
  return folder;
}

/**
 * Makes something that the cache keeps: `make` fills an empty folder, which then becomes `<folder>/<name>` by a rename, so
 * that what is there is whole. Returns that path; what is there already is not made again. What a run that was killed
 * left half made is taken away.
 */
export async function makeOnce(
  folder: string,
  name: string,
  make: (work: string) => Promise<void>,
): Promise<string> {
  const made = join(folder, name);
  if (existsSync(made)) return made;
  await removeLeftovers(folder);
  const work = await mkdtemp(join(folder, `${UNFINISHED}${process.pid}-`));
  try {
    await make(work);
    await rename(work, made).catch((error: unknown) => {
      // Another process was as fast, and what it made is as good.
      if (!existsSync(made)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return made;
}

const UNFINISHED = 'unfinished-';

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = new RegExp(`^${UNFINISHED}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}
