import { execa, ExecaError } from 'execa';
import { CommandError } from './commandError.ts';

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

const OUTPUT_BYTES = 64 * 1024 * 1024;

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
