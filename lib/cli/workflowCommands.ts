import { randomUUID } from 'node:crypto';
import { echo } from 'zx';

/** What tells GitHub's runner to take commands again; undefined where none are held back. */
let token: string | undefined;

/**
 * Where GitHub runs this: no line that is printed from now on is a command to its runner, whatever log, policy or name it
 * comes from, for only who knows the token can say that commands are taken again. Returns what lets go of them.
 *
 * See "Stopping and starting workflow commands" of GitHub's workflow commands. Standard output may be for a machine, so the
 * lines go to standard error, which the runner reads as well.
 */
export function holdCommands(): () => void {
  if (process.env['GITHUB_ACTIONS'] !== 'true' || token !== undefined) return () => undefined;
  token = randomUUID();
  process.stderr.write(`::stop-commands::${token}\n`);
  return () => {
    if (token !== undefined) process.stderr.write(`::${token}::\n`);
    token = undefined;
  };
}

/** Prints workflow commands, a line each, which the runner is to take. */
export function echoCommands(lines: readonly string[]): void {
  if (lines.length === 0) return;
  // One write, and one stream, so that their order is the runner's too.
  const held = token === undefined ? lines : [`::${token}::`, ...lines, `::stop-commands::${token}`];
  echo(held.join('\n'));
}
