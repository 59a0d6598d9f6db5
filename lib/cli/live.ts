import { chalk } from 'zx';
import { cleanLog } from '../flow/cleanLog.ts';
import { followDistros } from '../progress/distroStates.ts';
import type { Progress } from '../progress/progress.ts';
import { startLiveBlock } from './liveBlock.ts';
import { liveFrame } from './liveFrame.ts';
import { isSet } from './variable.ts';

/** How a run tells of itself. */
export interface Told {
  say: (line: string) => void;
  /** Undefined where nobody follows it. */
  progress: Progress | undefined;
}

const REDRAW_MS = 150;

/**
 * Runs something and shows what it is at: on a terminal a line for each distro that is written again and again, with what
 * is said above it; with `verbose` BuildKit's log; else nothing but what is said, as a log in CI should have it. When it
 * has ended the lines are gone; when `signal` is aborted they stay as they were, for what is said then to follow.
 */
export async function showProgress<T>(
  { distros, paths }: { distros: readonly string[]; paths: number },
  { say, signal, verbose }: { say: (line: string) => void; signal: AbortSignal; verbose: boolean },
  run: (told: Told) => Promise<T>,
): Promise<T> {
  if (verbose) return run({ say, progress: logProgress() });
  if (!isLiveTerminal()) return run({ say, progress: undefined });
  const block = startLiveBlock(process.stderr);
  const states = followDistros(distros, paths, performance.now());
  const draw = () => {
    const { columns, rows } = process.stderr;
    block.draw(liveFrame(states.at(performance.now()), { columns, rows }));
  };
  const timer = setInterval(draw, REDRAW_MS);
  signal.addEventListener('abort', block.leave);
  try {
    return await run({
      say: (line) => {
        block.above(() => {
          say(line);
        });
      },
      progress: {
        enter: (stage) => {
          states.enter(stage, performance.now());
        },
        bake: (targets, standsFor) => {
          const { status, end } = states.bake(targets, standsFor);
          return {
            status: (told) => {
              status(told, performance.now());
            },
            line: () => undefined,
            end,
          };
        },
      },
    });
  } finally {
    clearInterval(timer);
    // What ended since the last time is seen to have ended, however fast that was.
    draw();
    signal.removeEventListener('abort', block.leave);
    block.clear();
  }
}

/** What follows on standard output must not come between the lines, so both have to be the terminal. */
function isLiveTerminal(): boolean {
  const { CI, TERM } = process.env;
  const { stderr, stdout } = process;
  // A terminal that does not say how large it is has no columns.
  return stderr.isTTY && stderr.columns > 0 && stdout.isTTY && !isSet(CI) && TERM !== 'dumb';
}

/** Each line with the number of its bake: several go on at once, and BuildKit's steps are numbered in each. */
function logProgress(): Progress {
  let bakes = 0;
  return {
    enter: () => undefined,
    bake: () => {
      bakes += 1;
      const head = chalk.dim(`${bakes}|`);
      return {
        status: () => undefined,
        line: (line) => process.stderr.write(`${head}${cleanLog(line)}\n`),
        end: () => undefined,
      };
    },
  };
}
