import { constants } from 'node:os';
import { CommanderError, type Command } from 'commander';
import { chalk } from 'zx';
import { CommandError } from '../engine/commandError.ts';
import { EXIT, Fault } from '../fault/fault.ts';
import { cleanLog } from '../flow/cleanLog.ts';
import { refuseEmpty, takeVariables } from './makeVariables.ts';
import { holdCommands } from './workflowCommands.ts';

/** What a verb is given besides its options. */
export interface VerbContext {
  /** Aborted by Ctrl-C, SIGTERM and a terminal that is closed: whatever runs then ends, and what it made is taken away. */
  signal: AbortSignal;
  /** A line for the person who waits; it goes to standard error, so that standard output holds results alone. */
  say: (line: string) => void;
}

/** What a verb does with its options; the exit status that it comes to. */
export type VerbRun = (options: Record<string, unknown>, context: VerbContext) => Promise<number>;

/**
 * Runs a verb of the command line to its end and sets the exit status: the verb's own, or that of the error that ended
 * it. A person's mistake and a failed command are shown in words; only a defect of this program shows a stack trace.
 *
 * @param args what stands behind the verb.
 */
export async function runVerb(
  program: Command,
  verb: VerbRun,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // https://no-color.org; the vendored chalk of zx looks at the terminal alone.
  if (process.env['NO_COLOR']) chalk.level = 0;
  const abort = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (abort.signal.aborted) return;
    say(`${name === 'SIGINT' ? 'interrupted' : 'told to end'}: cleaning up`);
    abort.abort(new Interrupted(name));
  };
  const say = (line: string) => {
    process.stderr.write(`${chalk.dim('·')} ${cleanLog(line)}\n`);
  };
  for (const name of ENDING) process.on(name, onSignal);
  // A reader that has gone, or a terminal that was closed, must not end a run before it has cleaned up.
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  }
  const letGo = holdCommands();
  program.exitOverride().showSuggestionAfterError();
  try {
    const given = takeVariables(program);
    program.parse(args, { from: 'user' });
    refuseEmpty(program, given);
    process.exitCode = await verb(program.opts(), { signal: abort.signal, say });
  } catch (error) {
    process.exitCode = abort.signal.aborted ? interruptedStatus(abort.signal) : report(error);
  } finally {
    letGo();
    for (const name of ENDING) process.off(name, onSignal);
  }
}

const ignore = () => undefined;
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why a run was ended from outside. */
class Interrupted extends Error {
  readonly signal: NodeJS.Signals;
  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

/** As a shell gives it: 128 and the number of the signal. */
function interruptedStatus({ reason }: AbortSignal): number {
  return 128 + constants.signals[reason instanceof Interrupted ? reason.signal : 'SIGINT'];
}

function report(error: unknown): number {
  // Commander has shown its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.wrongInput;
  const shown = error instanceof Fault || error instanceof CommandError ? cleanLog(error.message) : undefined;
  process.stderr.write(`${chalk.red('error:')} ${shown ?? inspect(error)}\n`);
  return error instanceof Fault ? error.exitStatus : EXIT.fellShort;
}

function inspect(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return `no space is left on the disk (${message})`;
  const stack = error instanceof Error ? error.stack : String(error);
  return `this is a defect of platform-marker; please report it\n${stack ?? ''}`;
}
