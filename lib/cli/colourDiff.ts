import type { WriteStream } from 'node:tty';
import { chalk } from 'zx';

/**
 * A unified diff in git's colours, where it goes to a terminal that shows any and NO_COLOR is not set (no-color.org); else
 * as it is.
 */
export function colourDiff(diff: string, output: Partial<Pick<WriteStream, 'hasColors'>>): string {
  if (output.hasColors?.() !== true) return diff;
  return diff.replace(/^.+$/gm, (line) => {
    if (line.startsWith('--- ') || line.startsWith('+++ ')) return chalk.bold(line);
    if (line.startsWith('@@')) return chalk.cyan(line);
    if (line.startsWith('-')) return chalk.red(line);
    return line.startsWith('+') ? chalk.green(line) : line;
  });
}
