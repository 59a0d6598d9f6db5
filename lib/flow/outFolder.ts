import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { isRunning } from '../engine/ownEngine.ts';
import { wrongInput } from '../fault/fault.ts';

/** The folder of a run's outputs while this run alone writes to it. */
export interface OutFolder {
  path: string;
  /** Says that the marker layouts are whole, so that the next run may write over them. */
  markersAreWhole(): Promise<void>;
  release(): Promise<void>;
}

/** What a run makes anew each time: what an earlier one left must never be judged. */
const MADE_ANEW = ['run', 'probe', 'control', 'report.json'];
const WHOLE = 'marker/.whole';

/**
 * Takes the folder for this run and clears it of everything that an earlier run could be mistaken for. Marker layouts
 * stay only if the run that wrote them said that they are whole; bake writes over them, blob by blob.
 * Throws a Fault (wrong input) that names the other run where one is using the folder, or where it cannot be written.
 */
export async function takeOutFolder(path: string): Promise<OutFolder> {
  try {
    await mkdir(path, { recursive: true });
    const release = await takeLock(path);
    const whole = await readFile(join(path, WHOLE), 'utf8').catch(() => undefined);
    for (const name of [...MADE_ANEW, ...(whole === undefined ? ['marker'] : [WHOLE])]) {
      await rm(join(path, name), { recursive: true, force: true });
    }
    await mkdir(join(path, 'run'), { recursive: true });
    await mkdir(join(path, 'marker'), { recursive: true });
    return { path, markersAreWhole: () => writeFile(join(path, WHOLE), ''), release };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'ENOSPC' && code !== 'ENOTDIR' && code !== 'EEXIST')
      throw error;
    throw wrongInput({
      message: `${path} cannot be written: ${code}`,
      next: 'make room, or name another folder with OUT=',
    });
  }
}

async function takeLock(path: string): Promise<() => Promise<void>> {
  const owner = join(path, 'owner.json');
  for (let retried = false; ; retried = true) {
    try {
      // A run that was killed stops touching its lock; it is stale after ten seconds, or at once when its process is gone.
      const unlock = await lock(path, { stale: 10_000, update: 2_000, onCompromised: () => undefined });
      await writeFile(owner, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
      return async () => {
        await rm(owner, { force: true });
        await unlock();
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const holder = JSON.parse(await readFile(owner, 'utf8').catch(() => '{}')) as {
        pid?: number;
        since?: string;
      };
      if (!retried && holder.pid !== undefined && !isRunning(holder.pid)) {
        await rm(`${path}.lock`, { recursive: true, force: true });
        continue;
      }
      const who =
        holder.pid === undefined
          ? 'another run'
          : `a run with process id ${holder.pid}, since ${holder.since ?? '?'},`;
      throw wrongInput({
        message: `${who} is using ${path}`,
        next: 'wait for it to end, or name another folder with OUT=',
      });
    }
  }
}
