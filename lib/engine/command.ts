import type { ExecaError as ExecaErrorType } from 'execa';
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
  /** Takes each line of its standard error as it comes, and says what stands in its place in the output. */
  errorLines?: LineRewriter | undefined;
}

/** Puts lines in the place of a line, or none. */
export interface LineRewriter {
  line: (line: string) => readonly string[];
  /** The lines that come when there are no more, however the command ended. */
  end: () => readonly string[];
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
  const { cwd, env, input, signal, timeout, errorLines } = options;
  // A hundred modules, which a verb that runs no command does without.
  const { execa, ExecaError } = await import('execa');
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
    ...(errorLines === undefined ? {} : { stderr: transformOf(errorLines) }),
  });
  try {
    const result = await child;
    return { stdout: result.stdout, output: result.all };
  } catch (error) {
    // Ctrl-C in a terminal reaches the command too, which may be the quicker one to end.
    const isOver = signal?.aborted === true;
    throw error instanceof ExecaError ? new CommandError(error as ExecaErrorType, isOver) : error;
  }
}

function transformOf({ line, end }: LineRewriter) {
  return {
    *transform(text: unknown) {
      yield* line(String(text));
    },
    *final() {
      yield* end();
    },
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
