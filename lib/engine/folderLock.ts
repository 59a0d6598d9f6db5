import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { processPlace, processStart } from './processLife.ts';

/** The run that has a folder. */
export interface Owner {
  pid: number;
  /** When that process was started (see `processStart`), and where its id means something (see `processPlace`). */
  started: string;
  place: string;
  /** For people to read. */
  host: string;
  since: string;
}

/** A folder that this process has, or who has it; undefined where they have not said so yet. */
export type LockAttempt =
  | {
      /** Lets go of the folder. */
      release: () => Promise<void>;
      /** Whether it is this process's still: not where the folder was deleted, nor where another run has it since. */
      isHeld: () => Promise<boolean>;
    }
  | { heldBy: Owner | undefined };

/** The lock of a run whose process cannot be looked for is another's to take when it was not touched for so long. */
const UNTOUCHED_MS = 10_000;
const TOUCH_MS = 2_000;

/**
 * Tries to lock a folder for this process. `lockfilePath` is the lock itself, a folder, and `record` the file that says
 * who has it.
 *
 * Whether a run that has it goes on is asked of the kernel wherever that knows it: a run that is stopped (Ctrl-Z), or whose
 * clock jumps, keeps its lock, and that of a run which was killed is taken over at once. A clock decides only where the
 * other run is on another machine or in another container, and where it was killed before it had said who it is.
 */
export async function tryLock(
  folder: string,
  { lockfilePath, record }: { lockfilePath: string; record: string },
): Promise<LockAttempt> {
  const place = await processPlace();
  for (let isAgain = false; ; isAgain = true) {
    const before = await readOwner(record);
    let lost: () => void = () => undefined;
    const isLost = new Promise<void>((resolve) => (lost = resolve));
    try {
      const unlock = await lock(folder, {
        lockfilePath,
        stale: before?.place === place ? Infinity : UNTOUCHED_MS,
        update: TOUCH_MS,
        onCompromised: lost,
      });
      const mine: Owner = {
        pid: process.pid,
        started: processStart(process.pid) ?? '',
        place,
        host: hostname(),
        since: new Date().toISOString(),
      };
      try {
        await writeFile(record, JSON.stringify(mine));
      } catch (error) {
        await unlock();
        throw error;
      }
      const isHeld = async () => isSame(await readOwner(record), mine);
      return {
        isHeld,
        release: async () => {
          if (await isHeld()) await rm(record, { force: true });
          // What is there now may be another run's lock: the next look at it will tell.
          else await Promise.race([isLost, sleep(2 * TOUCH_MS)]);
          await unlock().catch(ignoreLost);
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      const owner = await readOwner(record);
      if (!isAgain && owner !== undefined && isDead(owner, place) && (await claim(record, place))) {
        await rm(lockfilePath, { recursive: true, force: true });
        continue;
      }
      return { heldBy: owner };
    }
  }
}

/** There is nothing to let go of where the folder was deleted, or was taken by a run on another machine. */
function ignoreLost(error: unknown): void {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['ERELEASED', 'ENOTACQUIRED', 'ENOENT'].includes(code)) throw error;
}

function isSame(owner: Owner | undefined, { pid, started, place }: Owner): boolean {
  return owner?.pid === pid && owner.started === started && owner.place === place;
}

function isDead({ pid, started, place }: Owner, here: string): boolean {
  return place === here && processStart(pid) !== started;
}

/** Takes a dead run's record away: of several runs that see it, a rename lets one alone go on to its lock. */
async function claim(record: string, place: string): Promise<boolean> {
  const mine = `${record}.${process.pid}`;
  try {
    await rename(record, mine);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const owner = await readOwner(mine);
  const isStillDead = owner !== undefined && isDead(owner, place);
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
    const { code = '' } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(code)) return undefined;
    throw error;
  }
}
