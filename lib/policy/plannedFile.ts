import { constants } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { readIfThere, replaceFile, unwritable } from './textFile.ts';

/** What generating makes of one file. */
export interface PlannedFile {
  file: string;
  state: 'written' | 'unchanged' | 'kept' | 'removed';
  /** What generating gives; absent where nothing is generated under this name. */
  text?: string;
  /** Why it is kept or removed, or what is wrong with what is there. */
  reason?: string;
  /** Whether what is there is somebody's own, so that it has to be kept beside what is written. */
  backUp?: boolean;
}

/** A file that is the program's alone: whatever is there gives way to `text`. Throws a Fault where it cannot be read. */
export async function planFile(file: string, text: string): Promise<PlannedFile> {
  const existing = await readIfThere(file);
  if (existing === undefined) return { file, state: 'written', text, reason: 'is missing' };
  return { file, state: existing === text ? 'unchanged' : 'written', text };
}

/** What generating would change: empty when all that is generated is as it has to be, hand edits aside. */
export function staleFiles(plan: readonly PlannedFile[]): PlannedFile[] {
  return plan.filter(({ state }) => state === 'written' || state === 'removed');
}

/**
 * Does to a file what is planned.
 *
 * @returns where what was there is kept (`<file>.bak-<n>`), if it is.
 * @throws {Fault} when the file cannot be written.
 */
export async function carryOut({ file, state, text, backUp }: PlannedFile): Promise<string | undefined> {
  const backup = backUp === true ? await copyBeside(file) : undefined;
  if (state === 'written' && text !== undefined) await replaceFile(file, text);
  if (state === 'removed') {
    await rm(file).catch((error: unknown) => {
      throw unwritable(file, error);
    });
  }
  return backup;
}

/** A copy beside the file, under the first free number; nothing is ever overwritten. */
async function copyBeside(file: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const backup = `${file}.bak-${number}`;
    try {
      await copyFile(file, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(backup, error);
    }
  }
}
