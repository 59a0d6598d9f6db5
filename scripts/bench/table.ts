import { markdownTable } from 'markdown-table';
import type { Comparison, Row } from './row.ts';
import { median } from './statistics.ts';

const HEAD = ['what', 'by', 'median', 'least to most', 'in pairs', 'peak memory'];

/** The rows as one table of Markdown, and below it the commands that have no room in it, each once. */
export function tableOf(rows: readonly Row[]): string {
  const table = markdownTable([HEAD, ...rows.map(cellsOf)]);
  const commands = new Map(rows.flatMap(({ by, command }) => (command === undefined ? [] : [[by, command]])));
  const notes = [...commands].map(([by, command]) => `- ${by}: \`${command}\``);
  return [table, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

function cellsOf({ what, by, seconds, against = [], peakBytes, missing }: Row): string[] {
  if (missing !== undefined) return [what, by, `missing: ${missing}`, '', '', ''];
  const memory = peakBytes === undefined ? '' : `${Math.round(peakBytes / 2 ** 20)} MiB`;
  return [what, by, time(median(seconds)), range(seconds, time), against.map(compared).join('; '), memory];
}

function compared({ of, ratios, isPart = false }: Comparison): string {
  const shown = isPart ? percent : times;
  return `${shown(median(ratios))}${isPart ? ' of' : ' times'} ${of} (${range(ratios, shown)})`;
}

function range(values: readonly number[], shown: (value: number) => string): string {
  if (values.length === 1) return 'once';
  return `${shown(Math.min(...values))} to ${shown(Math.max(...values))}`;
}

/** `12.3 s`, `45 ms` or `0.26 ms`. */
function time(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(1)} s`;
  return `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
}

function times(ratio: number): string {
  return ratio.toFixed(2);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
