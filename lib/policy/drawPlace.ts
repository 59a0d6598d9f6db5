import { lineText, positionAt } from './textPlace.ts';
import type { LineMap } from './textPlace.ts';

/** As much of a line as a terminal shows beside the line number. */
const WIDTH = 100;

/**
 * Draws a place of a text: its line with the line number, and carets under what is meant. Of a long line only the
 * part around the place is shown. Two lines, without a line break at the end.
 */
export function drawPlace(lines: LineMap, offset: number, length: number): string {
  const { line, column } = positionAt(lines, offset);
  const whole = lineText(lines, line);
  const start = Math.max(0, Math.min(column - 1 - WIDTH / 4, whole.length - WIDTH));
  const shown = printable(whole.slice(start, start + WIDTH));
  const carets = Math.max(1, Math.min(length, whole.length - (column - 1), start + WIDTH - (column - 1)));
  const left = start > 0 ? '…' : '';
  const right = start + WIDTH < whole.length ? '…' : '';
  const gutter = `${line}`;
  const indent = ' '.repeat(left.length + column - 1 - start);
  return `${gutter} | ${left}${shown}${right}\n${' '.repeat(gutter.length)} | ${indent}${'^'.repeat(carets)}`;
}

/** Tabs and control characters as one column each, so that carets stand under what they mean. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => (char === '\t' ? ' ' : '\uFFFD')).replace('\uFEFF', '\u00B7');
}
