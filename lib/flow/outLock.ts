import { hostname } from 'node:os';
import { join } from 'node:path';
import { tryLock, type LockAttempt, type Owner } from '../engine/folderLock.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';

/** A folder that this process has. */
export type FolderLock = Exclude<LockAttempt, { heldBy: unknown }>;

/**
 * Locks a folder for this process (see `tryLock`); the lock lies in the folder, so that nothing beside it has to be
 * writable. Throws a Fault (wrong input) that names the run which has it.
 */
export async function lockFolder(path: string): Promise<FolderLock> {
  const attempt = await tryLock(path, {
    lockfilePath: join(path, '.lock'),
    record: join(path, 'owner.json'),
  });
  if ('heldBy' in attempt) throw inUse(path, attempt.heldBy);
  return attempt;
}

function inUse(path: string, owner: Owner | undefined) {
  const where = owner === undefined || owner.host === hostname() ? '' : ` on ${owner.host}`;
  const who =
    owner === undefined ? 'another run' : `a run with process id ${owner.pid}${where}, since ${owner.since},`;
  return wrongInput({
    message: `${who} is using ${path}`,
    next: `wait for it to end, or name another folder with ${spellOption('OUT', '<folder>')}`,
  });
}
