import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { isRunning } from '../engine/ownEngine.ts';
import { wrongInput } from '../fault/fault.ts';

/** The run that has a folder. Its process id says something on its own host alone, and a container is a host too. */
interface Owner {
  pid: number;
  host: string;
  since: string;
}

/**
 * Locks a folder for this process; the lock lies in the folder, so that nothing beside it has to be writable. Returns
 * what lets go of it. The lock of a run that was killed is taken over at once, or when it has not been touched for ten
 * seconds where that run was on another host. Throws a Fault (wrong input) that names the run which has it.
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  const record = join(path, 'owner.json');
  const lockfilePath = join(path, '.lock');
  for (let retried = false; ; retried = true) {
    try {
      const unlock = await lock(path, {
        lockfilePath,
        stale: 10_000,
        update: 2_000,
        onCompromised: () => undefined,
      });
      const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
      await writeFile(record, JSON.stringify(owner));
      return async () => {
        await rm(record, { force: true });
        await unlock();
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const owner = await readOwner(record);
      if (!retried && owner !== undefined && isDead(owner) && (await claim(record))) {
        await rm(lockfilePath, { recursive: true, force: true });
        continue;
      }
      throw inUse(path, owner);
    }
  }
}

function inUse(path: string, owner: Owner | undefined) {
  const where = owner === undefined || owner.host === hostname() ? '' : ` on ${owner.host}`;
  const who =
    owner === undefined ? 'another run' : `a run with process id ${owner.pid}${where}, since ${owner.since},`;
  return wrongInput({
    message: `${who} is using ${path}`,
    next: 'wait for it to end, or name another folder with OUT=',
  });
}

function isDead({ pid, host }: Owner): boolean {
  return host === hostname() && !isRunning(pid);
}

/** Takes a dead run's record away: of several runs that see it, a rename lets one alone go on to its lock. */
async function claim(record: string): Promise<boolean> {
  const mine = `${record}.${process.pid}`;
  try {
    await rename(record, mine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const owner = await readOwner(mine);
  const isStillDead = owner !== undefined && isDead(owner);
  // Between the look and the rename another run had claimed it, locked, and left its own.
  if (isStillDead) await rm(mine);
  else await rename(mine, record);
  return isStillDead;
}

/** Undefined where there is none, or where it is not written to its end yet. */
async function readOwner(record: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(record, 'utf8')) as Owner;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
