import type { WriteStream } from 'node:tty';
import { inspect } from 'node:util';

/**
 * A unified diff in git's colours, where it goes to a terminal that shows any and NO_COLOR is not set (no-color.org); else
 * as it is.
 */
export function colourDiff(diff: string, output: Partial<Pick<WriteStream, 'hasColors'>>): string {
  if (output.hasColors?.() !== true) return diff;
  return diff.replace(/^.+$/gm, (line) => {
    const [on, off] = inspect.colors[styleOf(line)] ?? [0, 0];
    return `\u001B[${on}m${line}\u001B[${off}m`;
  });
}

function styleOf(line: string): string {
  if (line.startsWith('--- ') || line.startsWith('+++ ')) return 'bold';
  if (line.startsWith('@@')) return 'cyan';
  if (line.startsWith('-')) return 'red';
  return line.startsWith('+') ? 'green' : 'reset';
}
