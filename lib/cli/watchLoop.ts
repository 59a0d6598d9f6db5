import { relative } from 'node:path';
import { chalk, echo } from 'zx';
import { CommandError } from '../engine/commandError.ts';
import { Fault } from '../fault/fault.ts';
import { cleanLog } from '../flow/cleanLog.ts';
import { planRun, type RunPlan } from './runPlan.ts';
import type { VerifyOptions } from './verifyOptions.ts';
import type { FileWatch } from './watchFiles.ts';
import { watchedFiles } from './watchPlan.ts';
import type { Rounds } from './watchRound.ts';
import { holdBack } from './watchSay.ts';

/** How long a person looks at nothing before they are told what is going on. */
const PATIENCE_MILLISECONDS = 3_000;
const NAMED_FILES = 3;

/**
 * Runs a round, and one more after each save, until the signal is aborted; then it throws. A save during a round is
 * answered by the next one: a build that is cancelled can cost BuildKit a part of its cache (moby/buildkit#6808). What a
 * person can mend is shown, and the watch goes on.
 */
export async function runRounds(
  first: RunPlan,
  watch: {
    options: VerifyOptions;
    rounds: Rounds;
    files: FileWatch;
    say: (line: string) => void;
    signal: AbortSignal;
  },
): Promise<never> {
  const { options, rounds, files, say, signal } = watch;
  let plan = first;
  let started = performance.now();
  let isFirst = true;
  await files.watch(await watchedFiles(plan, options));
  for (;;) {
    const held = isFirst ? { say, end: () => undefined } : holdBack(say, PATIENCE_MILLISECONDS);
    try {
      if (!isFirst) await rounds.forget();
      const before = plan;
      plan = await planRun(options, { mayMiss: true });
      await files.watch(await watchedFiles(plan, options));
      sayGone(before, plan, say);
      await rounds.run(plan, { started, say: held.say, signal });
    } catch (error) {
      signal.throwIfAborted();
      showOrThrow(error);
    } finally {
      held.end();
    }
    isFirst = false;
    const saved = await files.saved(signal);
    started = saved.at;
    say(`${new Date().toTimeString().slice(0, 8)} ${describe(saved.files)}`);
  }
}

function sayGone(before: RunPlan, { rows }: RunPlan, say: (line: string) => void): void {
  const gone = before.rows.filter(({ name }) => !rows.some((row) => row.name === name));
  for (const { name } of gone)
    say(`${name} is not in distros.yaml any more, and is not verified until it is`);
}

/** What a person can mend is no reason to end; all else is. */
function showOrThrow(error: unknown): void {
  if (!(error instanceof Fault) && !(error instanceof CommandError)) throw error;
  process.stderr.write(`${chalk.red('error:')} ${cleanLog(error.message)}\n`);
  echo(chalk.red('not verified'));
}

function describe(files: readonly string[]): string {
  const names = files.map((file) => relative(process.cwd(), file));
  const more = names.length > NAMED_FILES ? ` and ${names.length - NAMED_FILES} more` : '';
  return `${names.slice(0, NAMED_FILES).join(', ')}${more} changed`;
}
