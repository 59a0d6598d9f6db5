import type { ExecaError } from 'execa';

/** How much of a failed command's output an error carries: its last lines, and never more than this. */
const LOG_END_LINES = 20;
const LOG_END_CHARACTERS = 4_000;

/** A command that could not be started, failed, timed out or was cancelled. Its message quotes the end of its output. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly command: string;
  /** Undefined when the command did not end by itself. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  /** Whether it was ended by the signal that it was given, or ended when that was aborted already. */
  readonly cancelled: boolean;
  /** Everything it printed, standard output and error as they came. */
  readonly output: string;

  constructor(error: ExecaError, isOver = false) {
    const output = String(error.all ?? error.stderr ?? '');
    super(`${describeEnd(error)}: ${error.escapedCommand}${quoted(logEnd(output))}`);
    this.command = error.escapedCommand;
    this.exitCode = error.exitCode;
    this.timedOut = error.timedOut;
    this.cancelled = error.isCanceled || isOver;
    this.output = output;
  }
}

function describeEnd(error: ExecaError): string {
  if (error.timedOut) return 'took too long';
  if (error.isCanceled) return 'was cancelled';
  if (error.code === 'ENOENT') return 'not found';
  if (error.signal !== undefined) return `ended by ${error.signal}`;
  return error.exitCode === undefined
    ? `could not run (${error.shortMessage})`
    : `ended with ${error.exitCode}`;
}

/** The last lines of a log, bounded in lines and characters. */
export function logEnd(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-LOG_END_LINES).join('\n');
  return lines.length > LOG_END_CHARACTERS ? `…${lines.slice(-LOG_END_CHARACTERS)}` : lines;
}

function quoted(text: string): string {
  return text === '' ? '' : `\n${text.replace(/^/gm, '  | ')}`;
}
