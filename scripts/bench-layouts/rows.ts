import { median, spread } from './statistics.ts';

/** A way to read a file in a layout of one size, run after run. */
export interface Row {
  layer: string;
  file: string;
  tool: string;
  command: string;
  /** From start to end. */
  seconds: number[];
  /** Less what the tool's programs take with nothing to do: what is left when they are part of something larger. */
  work: number[];
  /** How many times as long as ours each took, turn by turn. */
  ratios?: { seconds: number[]; work: number[] };
  peakBytes?: number;
  /** Why there are no figures. */
  missing?: string;
}

/** Less work than that, in seconds, cannot be told from a process's start; for that there are rows of one process. */
const TOO_SHORT = 0.05;

/** Holds the others against the first, which is ours. */
export function holdAgainstFirst([first, ...others]: readonly Row[]): void {
  if (first === undefined) return;
  for (const row of others) {
    if (row.missing !== undefined) continue;
    row.ratios = { seconds: ratios(row.seconds, first.seconds), work: ratios(row.work, first.work) };
  }
}

function ratios(theirs: readonly number[], ours: readonly number[]): number[] {
  return theirs.map((seconds, i) => seconds / (ours[i] ?? NaN));
}

/** The rows as a table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['layer', 'file', 'tool', 'whole', 'ours being 1', 'its work', 'ours being 1', 'peak memory'];
  const lines = rows.map(({ layer, file, tool, seconds, work, ratios: held, peakBytes, missing }) => {
    const isTold = seconds.length === 0 || median(work) > TOO_SHORT;
    const whole = missing ?? shownTime(seconds);
    const memory = peakBytes === undefined ? '' : `${Math.round(peakBytes / 2 ** 20)} MiB`;
    const ofWork = isTold ? [shownTime(work), shownRatio(held?.work)] : ['', ''];
    return [layer, file, tool, whole, shownRatio(held?.seconds), ...ofWork, memory];
  });
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function shownTime(all: readonly number[]): string {
  const seconds = median(all);
  if (Number.isNaN(seconds)) return '';
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
}

function shownRatio(all: readonly number[] = []): string {
  return all.length === 0 ? '' : `${median(all).toFixed(2)} (${spread(all, 2)})`;
}
