import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import { chalk } from 'zx';
import { cleanLog } from '../flow/cleanLog.ts';
import type { DistroState } from '../progress/distroStates.ts';

/** The part of a line that names may take. */
const NAME_SHARE = 0.4;
/** Lines of a terminal that are left free: the cursor's, and one that tells the block from what was said before it. */
const FREE_ROWS = 2;
const MARKS = { waiting: '·', working: '▸', built: '✓' };

/**
 * One line for each distro, none wider than the terminal: its name, how many of its probes are built, what is done for it,
 * how long it has taken. Where there are more than rows, those that are worked on come first, and the rest are counted.
 */
export function liveFrame(
  states: readonly DistroState[],
  { columns, rows }: { columns: number; rows: number },
): string {
  const room = Math.max(1, rows - FREE_ROWS);
  const shown = states.length <= room ? states : pick(states, Math.max(1, room - 1));
  const rest = states.filter((state) => !shown.includes(state));
  const nameWidth = Math.min(
    Math.max(...states.map(({ name }) => stringWidth(name))),
    Math.max(4, Math.floor(columns * NAME_SHARE)),
  );
  const lines = shown.map((state) => lineOf(state, nameWidth, columns - 1));
  if (rest.length > 0) lines.push(chalk.dim(cliTruncate(countOf(rest), columns - 1)));
  return lines.join('\n');
}

/** The most interesting ones, in the order of all. */
function pick(states: readonly DistroState[], room: number): DistroState[] {
  const order = ['working', 'waiting', 'built'];
  const ranked = [...states].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const picked = new Set(ranked.slice(0, room));
  return states.filter((state) => picked.has(state));
}

function countOf(rest: readonly DistroState[]): string {
  const of = (state: DistroState['state']) => rest.filter((one) => one.state === state).length;
  const counts = [of('working'), of('waiting'), of('built')];
  const words = ['working', 'waiting', 'built'].flatMap((word, at) =>
    (counts[at] ?? 0) > 0 ? [`${String(counts[at])} ${word}`] : [],
  );
  return `  and ${rest.length} more: ${words.join(', ')}`;
}

function lineOf(
  { name, state, doing, built, probes, elapsed }: DistroState,
  nameWidth: number,
  width: number,
): string {
  const mark = state === 'built' ? chalk.green(MARKS.built) : MARKS[state];
  const left = `${padded(oneLine(name), nameWidth)} ${probes > 0 && built < probes ? `${built}/${probes} ` : ''}`;
  const time = elapsed < 1000 ? '' : duration(elapsed);
  const room = width - 2 - stringWidth(left) - (time === '' ? 0 : time.length + 1);
  // A terminal that is narrower than this shows names alone.
  if (room < 1) return cliTruncate(`${mark} ${oneLine(name)}`, Math.max(1, width));
  const text = padded(oneLine(doing), room);
  const quiet = state === 'working' ? text : chalk.dim(text);
  return `${mark} ${left}${quiet}${time === '' ? '' : ` ${chalk.dim(time)}`}`;
}

/** What a person's Dockerfile says may hold anything, and a block is counted in lines. */
function oneLine(text: string): string {
  return cleanLog(text).replace(/\s+/g, ' ');
}

/** Cut or filled up to exactly so many columns. */
function padded(text: string, width: number): string {
  const cut = cliTruncate(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}

/** `12s`, `3m05s`. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}
