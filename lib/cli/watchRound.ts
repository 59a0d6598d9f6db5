import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chalk, echo } from 'zx';
import type { Builder } from '../engine/builder.ts';
import { buildRun } from '../flow/buildRun.ts';
import { readFrontend, type Frontend } from '../flow/frontend.ts';
import type { OutFolder } from '../flow/outFolder.ts';
import { fileVersion } from '../flow/readableFiles.ts';
import { reportRun } from '../flow/reportRun.ts';
import type { RunSteps } from '../flow/runSteps.ts';
import type { Report } from '../report/schema.ts';
import { closingLine } from '../report/summary.ts';
import { showProgress } from './live.ts';
import { printReport } from './printReport.ts';
import { requestOf, type RunPlan } from './runPlan.ts';
import type { VerifyOptions } from './verifyOptions.ts';
import { changesOf, newNotes, standing } from './watchChanges.ts';
import { lintPoliciesOf } from './lintPoliciesOf.ts';
import { frontendFiles } from './watchPlan.ts';

/** What all rounds of a watch have in common. */
export interface WatchSession {
  options: VerifyOptions;
  out: OutFolder;
  builder: Builder;
  steps: RunSteps;
  key: Buffer;
  /** Whether BuildKit's log is shown. */
  verbose: boolean;
  /** The tool's. */
  version: string;
}

/** The rounds of a watch, each of which knows what the one before came to. */
export interface Rounds {
  /**
   * Takes away what was judged of the round before: something was saved, and it is no longer of what is there. Marker
   * layouts stay for a round that takes them as they are.
   */
  forget(): Promise<void>;
  /** Verifies what a plan names and prints what came of it: in the first round all of it, then what changed. */
  run(
    plan: RunPlan,
    options: { started: number; say: (line: string) => void; signal: AbortSignal },
  ): Promise<void>;
}

/** Starts the rounds of a watch in a folder that was just taken. */
export function startRounds(session: WatchSession): Rounds {
  const { options, builder, steps, key, version } = session;
  const readGiven = keepFrontend(options.frontend, join(session.out.path, 'run/frontend'));
  let { out } = session;
  let before: Report | undefined;
  let printed = '';
  let hasBegun = false;
  const forget = async () => {
    // Over markers of a round that came to no build nothing was written: they are as whole as they were.
    if (!hasBegun) await out.markersAreWhole({});
    hasBegun = false;
    out = await out.renew();
  };
  const run: Rounds['run'] = async (plan, { started, say, signal }) => {
    if (plan.paths.includes('source-policy')) {
      const { text, errors } = await lintPoliciesOf(plan.rows);
      // Warnings that were there before say nothing new.
      if (text !== '' && (errors > 0 || text !== printed)) echo(text);
      printed = text;
      if (errors > 0) {
        echo(chalk.red(`not verified: the policies have errors ${took(started)}`));
        return;
      }
    }
    const frontend = await readGiven();
    hasBegun = true;
    const request = await requestOf(plan, options, {
      started,
      frontend,
      notes: [],
      out,
      builder,
      key,
      say,
      signal,
    });
    // Of what a later round builds again most lines would say nothing.
    const record =
      before === undefined || session.verbose
        ? await showProgress(
            { distros: plan.distros.map(({ name }) => name), paths: plan.paths.length },
            { say, signal, verbose: session.verbose },
            (told) => buildRun({ ...request, ...told }, steps),
          )
        : await buildRun(request, steps);
    say('checking');
    const report = await reportRun(record, { out: out.path, key, version });
    if (before === undefined) printReport(report);
    else printChanges(before, report, started);
    before = report;
  };
  return { forget, run };
}

function printChanges(before: Report, after: Report, started: number): void {
  const changes = changesOf(before, after);
  for (const note of newNotes(before, after)) echo(`note: ${note}`);
  for (const { text, good } of changes) echo(good ? chalk.green(text) : chalk.red(text));
  const line = changes.length === 0 ? `nothing changed: ${standing(after)}` : closingLine(after);
  echo(`${after.verified ? chalk.green(line) : chalk.red(line)} ${took(started)}`);
}

function took(started: number): string {
  return chalk.dim(`(${((performance.now() - started) / 1000).toFixed(1)} s)`);
}

/** Reads a person's frontend again only when it was written. */
function keepFrontend(given: string | undefined, folder: string): () => Promise<Frontend | undefined> {
  let kept: { of: string; frontend: Frontend } | undefined;
  return async () => {
    if (given === undefined) return undefined;
    const of = JSON.stringify(await Promise.all((await frontendFiles(given)).map(fileVersion)));
    if (kept?.of !== of) {
      await rm(folder, { recursive: true, force: true });
      kept = { of, frontend: await readFrontend(given, folder) };
    }
    return kept.frontend;
  };
}
