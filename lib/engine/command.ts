import { execa, ExecaError } from 'execa';

/** How an external command is run. */
export interface CommandOptions {
  cwd?: string;
  /** Added to this process's own environment; `undefined` takes a variable out. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input; by default it has none. */
  input?: string;
  /** Ends the command: SIGTERM first, SIGKILL after five seconds. */
  signal?: AbortSignal | undefined;
  /** Milliseconds after which the command is ended the same way. */
  timeout?: number | undefined;
  /** Called with each line of its standard output and standard error as they come. */
  onLine?: ((line: string) => void) | undefined;
}

/** How much of a failed command's output an error carries: its last lines, and never more than this. */
const LOG_END_LINES = 20;
const LOG_END_CHARACTERS = 4_000;
const OUTPUT_BYTES = 64 * 1024 * 1024;

/** A command that could not be started, failed, timed out or was cancelled. Its message quotes the end of its output. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly command: string;
  /** Undefined when the command did not end by itself. */
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Everything it printed, standard output and error as they came. */
  readonly output: string;

  constructor(error: ExecaError) {
    const output = String(error.all ?? error.stderr ?? '');
    super(`${describeEnd(error)}: ${error.escapedCommand}${quoted(logEnd(output))}`);
    this.command = error.escapedCommand;
    this.exitCode = error.exitCode;
    this.timedOut = error.timedOut;
    this.cancelled = error.isCanceled;
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

/**
 * Runs a command with an argument array, never through a shell, and waits for it.
 * Returns what it printed. Throws CommandError when it does not end with 0.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ stdout: string; output: string }> {
  const { cwd, env, input, signal, timeout, onLine } = options;
  const child = execa(file, args, {
    all: true,
    stdin: input === undefined ? 'ignore' : 'pipe',
    forceKillAfterDelay: 5_000,
    maxBuffer: OUTPUT_BYTES,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: env as Record<string, string> }),
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(timeout === undefined ? {} : { timeout }),
  });
  if (onLine) child.all.setEncoding('utf8').on('data', lines(onLine));
  try {
    const result = await child;
    return { stdout: result.stdout, output: result.all };
  } catch (error) {
    throw error instanceof ExecaError ? new CommandError(error as ExecaError) : error;
  }
}

/** Cuts chunks of text into lines; an unfinished last line is kept back until it ends. */
function lines(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  };
}

/** Whether a program of that name can be run from PATH, or from the folders given before it. */
export async function hasCommand(name: string, env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  try {
    await runCommand('sh', ['-c', 'command -v -- "$1"', 'sh', name], { env });
    return true;
  } catch {
    return false;
  }
}
