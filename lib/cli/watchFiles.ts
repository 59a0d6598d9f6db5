import { EventEmitter, once } from 'node:events';
import { basename, join } from 'node:path';
import { readVersions, type FileVersions, type Readable } from '../flow/readableFiles.ts';
import { watchFolders } from './watchFolders.ts';

/** Files that were written, and when the first of them was, as `performance.now()` has it. */
export interface Saved {
  files: string[];
  at: number;
}

/** A watch on files, for as long as it is not closed. */
export interface FileWatch {
  /** What is watched from now on. Files that were watched before go on being so: no write in between is lost. */
  watch(readables: readonly Readable[]): Promise<void>;
  /**
   * What has been written since this was last asked; waits for it. Rejects when the signal is aborted, and with what the
   * watch cannot go on with.
   */
  saved(signal: AbortSignal): Promise<Saved>;
  close(): void;
}

/** An editor saves in several steps: a file beside it, a rename, a change of mode. */
const SETTLE_MILLISECONDS = 100;
/** What editors keep beside a file while it is open. */
const EDITORS_OWN = /^(\.#.*|#.*#|4913|.*~|\..*\.sw[a-z]|.*___jb_(tmp|old)___)$/;

/**
 * Watches files by their folders, so that one that is replaced, deleted or made later is seen too. An event only asks for
 * a look; what counts as written is what the look finds changed.
 *
 * @param out the folder of outputs, which a run writes to: nothing in it is watched, nor in a context's `.git`.
 * @param settleMilliseconds between an event and the look, for a save to come to its end.
 */
export function watchFiles(out: string, settleMilliseconds = SETTLE_MILLISECONDS): FileWatch {
  const seen = new Map<string, { readable: Readable; versions: FileVersions }>();
  const pending = new Set<string>();
  let [firstEvent, pendingSince] = [0, 0];
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  const told = new EventEmitter();
  const wake = () => {
    if (timer !== undefined) return;
    firstEvent = performance.now();
    timer = setTimeout(() => {
      timer = undefined;
      inTurn(look).catch((error: unknown) => {
        failure = error as Error;
        told.emit('told');
      });
    }, settleMilliseconds);
  };
  const folders = watchFolders(wake);
  const followAll = () =>
    folders.follow(new Set([...seen.values()].flatMap(({ versions }) => [...versions.folders])));

  const look = async () => {
    const since = firstEvent;
    for (const one of seen.values()) {
      const versions = await versionsOf(one.readable, out);
      for (const file of changedFiles(one.versions, versions)) {
        if (EDITORS_OWN.test(basename(file))) continue;
        if (pending.size === 0) pendingSince = since;
        pending.add(file);
      }
      one.versions = versions;
    }
    await followAll();
    if (pending.size > 0) told.emit('told');
  };
  // One at a time: a look must not come between the reading and the noting of another.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    watch: (readables) =>
      inTurn(async () => {
        const wanted = new Map(readables.map((readable) => [JSON.stringify(readable), readable]));
        for (const key of seen.keys()) if (!wanted.has(key)) seen.delete(key);
        for (const [key, readable] of wanted) {
          if (!seen.has(key)) seen.set(key, { readable, versions: await versionsOf(readable, out) });
        }
        await followAll();
      }),
    saved: async (signal) => {
      signal.throwIfAborted();
      if (pending.size === 0 && failure === undefined) await once(told, 'told', { signal });
      if (failure !== undefined) throw failure;
      const files = [...pending];
      pending.clear();
      return { files, at: pendingSince };
    },
    close: () => {
      clearTimeout(timer);
      folders.close();
    },
  };
}

function versionsOf(readable: Readable, out: string): Promise<FileVersions> {
  return readVersions([readable], 'file' in readable ? [out] : [out, join(readable.context, '.git')]);
}

function changedFiles(before: FileVersions, after: FileVersions): string[] {
  const files = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...files].filter((file) => before.files.get(file) !== after.files.get(file));
}
