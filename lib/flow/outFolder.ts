import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../engine/makeFolder.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellName, spellOption } from '../fault/spelling.ts';
import { lockFolder, type FolderLock } from './outLock.ts';
import { RUN_RECORD, RUN_RECORD_SEAL } from './runRecord.ts';
import type { WholeMarkers } from './wholeMarkers.ts';

/** The folder of a run's outputs while this run alone writes to it. */
export interface OutFolder {
  path: string;
  /** The marker layouts that an earlier run left whole. */
  whole: WholeMarkers;
  /** Says that these marker layouts are whole as well, so that the next run may take them as they are. */
  markersAreWhole(markers: WholeMarkers): Promise<void>;
  /**
   * The folder for a next run of this process, under the same lock. What was judged of this one is gone; its probes stay,
   * for that run to say which of them it takes as they are.
   */
  renew(): Promise<OutFolder>;
  /** The folder for beginning this run again: of what it made so far only marker layouts that are whole stay. */
  beginAgain(): Promise<OutFolder>;
  /**
   * Does something that reads and writes the folder. Throws a Fault (wrong input) in the place of what comes of it where
   * the folder is this run's no more, because it was deleted or another run has it; and in the place of an error of the file
   * system in it: something in it was deleted, or the disk is full.
   */
  during<T>(work: () => Promise<T>): Promise<T>;
  release(): Promise<void>;
}

/** What a run makes anew each time: what an earlier one left must never be judged. */
const REPORTS = ['report.json', 'junit.xml', 'report.md', 'report.html'];
const MADE_ANEW = ['run', 'probe', 'control', ...REPORTS];
/** What says how a run ended. */
const ENDS = [RUN_RECORD, RUN_RECORD_SEAL, ...REPORTS];
/** The report of the run before, which the page compares with. */
const PREVIOUS = 'report.previous.json';
const WHOLE = 'marker/.whole';
/** Says that a folder is this program's to clear, whatever else lies in it. */
const STAMP = '.platform-marker';
const IGNORE = '.gitignore';
/** What can lie in a folder that bake or a run which was killed has begun. */
const OURS = [...MADE_ANEW, PREVIOUS, 'marker', 'bench.json', 'owner.json', '.lock', STAMP, IGNORE];
/** What a path cannot hold: buildx takes these for the end of a layout's name, or of a field of `--output`. */
const SEPARATOR = /[@:,"]/;

/**
 * Takes the folder for this run and clears it of everything that an earlier run could be mistaken for. Marker layouts
 * stay only if the run that wrote them said that they are whole, and until this run says so they are not.
 * Throws a Fault (wrong input) that names the other run where one is using the folder, or says why it cannot be used:
 * it cannot be written, or holds what is not this program's and would be lost.
 */
export async function takeOutFolder(path: string): Promise<OutFolder> {
  const separator = SEPARATOR.exec(path)?.[0];
  if (separator !== undefined) {
    throw unusable(path, `buildx writes no layout to a path with "${separator}" in it`);
  }
  try {
    await makeFolder(path);
    await refuseForeign(path);
    const lock = await lockFolder(path);
    try {
      // A person's own .gitignore need not know of it.
      await writeFile(join(path, IGNORE), '*\n', { flag: 'wx' }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      });
      await writeFile(
        join(path, STAMP),
        'A run of platform-marker clears this folder of what it makes anew.\n',
      );
      return await begin(path, MADE_ANEW, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!CANNOT_BE_WRITTEN.includes(code)) throw error;
    throw unusable(path, `it cannot be written (${message})`, FULL.includes(code) ? 'make room, or ' : '');
  }
}

/** Clears the locked folder of those names, and of marker layouts that no run has called whole. */
async function begin(path: string, names: readonly string[], lock: FolderLock): Promise<OutFolder> {
  if (!(await lock.isHeld())) throw takenAway(path);
  const whole = await readWhole(path);
  await rename(join(path, 'report.json'), join(path, PREVIOUS)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  for (const name of [...names, whole === undefined ? 'marker' : WHOLE]) {
    await rm(join(path, name), { recursive: true, force: true });
  }
  await mkdir(join(path, 'run'), { recursive: true });
  await mkdir(join(path, 'marker'), { recursive: true });
  return {
    path,
    whole: whole ?? {},
    markersAreWhole: (markers) =>
      writeFile(join(path, WHOLE), JSON.stringify({ ...whole, ...markers }, null, 2)),
    renew: () => begin(path, ENDS, lock),
    beginAgain: () => begin(path, MADE_ANEW, lock),
    during: (work) => during(path, lock, work),
    release: lock.release,
  };
}

async function during<T>(path: string, lock: FolderLock, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    if (!(await lock.isHeld())) throw takenAway(path);
    return result;
  } catch (error) {
    if (!(await lock.isHeld())) throw takenAway(path);
    const { code = '', path: at = '', message } = error as NodeJS.ErrnoException;
    if (!CANNOT_BE_WRITTEN.includes(code)) throw error;
    if (!FULL.includes(code) && !at.startsWith(join(path, '/'))) throw error;
    throw unusable(
      path,
      message,
      FULL.includes(code) ? 'make room, or ' : 'leave it alone during a run, or ',
    );
  }
}

function takenAway(path: string) {
  return wrongInput({
    message: `${path} was deleted, or another run has taken it, while this run went on: nothing of it can be judged`,
    next: `run again, and leave that folder alone meanwhile; runs at the same time need an ${spellName('OUT')} each`,
  });
}

/** There is no room on the disk, or none that is left to this user. */
const FULL = ['ENOSPC', 'EDQUOT'];
const CANNOT_BE_WRITTEN = [
  ...['EACCES', 'EPERM', 'EROFS', ...FULL],
  ...['ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP', 'ENAMETOOLONG'],
];

/** What was said of the marker layouts; undefined where nothing was, or where what was said cannot be read. */
async function readWhole(path: string): Promise<WholeMarkers | undefined> {
  try {
    return JSON.parse(await readFile(join(path, WHOLE), 'utf8')) as WholeMarkers;
  } catch {
    return undefined;
  }
}

async function refuseForeign(path: string): Promise<void> {
  const names = await readdir(path);
  const foreign = names.filter((name) => !OURS.includes(name) && !/^owner\.json\.\d+$/.test(name));
  if (foreign.length === 0 || names.includes(STAMP)) return;
  const more = foreign.length > 3 ? ' and more' : '';
  throw unusable(
    path,
    `it holds what is not this program’s and could be lost: ${foreign.slice(0, 3).join(', ')}${more}`,
  );
}

function unusable(path: string, why: string, first = '') {
  return wrongInput({
    message: `${path} cannot take the outputs: ${why}`,
    next: `${first}name another folder with ${spellOption('OUT', '<folder>')}`,
  });
}
