import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logEnd } from './commandError.ts';
import { processStart } from './processLife.ts';

/** Whether an engine that this project started goes on. */
export interface EngineLife {
  /** Aborted when the engine has ended though nobody asked it to; its reason is an EngineGone. */
  gone: AbortSignal;
  /** Looks now, for what went wrong may have been quicker than the next look. Throws the EngineGone. */
  requireUp: () => void;
  /** Looks no more: the engine is about to be ended. */
  leave: () => void;
}

/** An engine that was killed, or ended by itself. Its message has the end of its log. */
export class EngineGone extends Error {
  override readonly name = 'EngineGone';
}

const LOOK_MS = 250;

/** Looks after an engine: `pid` is the process whose end is the engine's, and `run` the folder with its log. */
export function watchEngine({ pid, run }: { pid: number; run: string }): EngineLife {
  const started = processStart(pid);
  const abort = new AbortController();
  let isLeft = false;
  const look = () => {
    if (isLeft || abort.signal.aborted || (started !== undefined && processStart(pid) === started)) return;
    abort.abort(
      new EngineGone(`the project’s own engine ended while it was needed${endOf(join(run, 'log'))}`),
    );
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return {
    gone: abort.signal,
    requireUp: () => {
      look();
      abort.signal.throwIfAborted();
    },
    leave: () => {
      isLeft = true;
      clearInterval(timer);
    },
  };
}

/** An engine that was killed has had no time to write why. */
function endOf(file: string): string {
  try {
    const end = logEnd(readFileSync(file, 'utf8'));
    return end === '' ? '' : `; its log ends with:\n${end}`;
  } catch {
    return '';
  }
}
