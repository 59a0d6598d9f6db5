// `make watch`: verifies again on every save, and prints what changed.
import { Command } from 'commander';
import { isVerbose, verboseOption } from '../lib/cli/verbose.ts';
import { buildInto } from '../lib/cli/buildInto.ts';
import { project } from '../lib/cli/paths.ts';
import { planRun } from '../lib/cli/runPlan.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { toolVersion } from '../lib/cli/toolVersion.ts';
import { readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { watchFiles } from '../lib/cli/watchFiles.ts';
import { runRounds } from '../lib/cli/watchLoop.ts';
import { describePlan } from '../lib/cli/watchPlan.ts';
import { startRounds } from '../lib/cli/watchRound.ts';
import { cloneKey } from '../lib/flow/cloneKey.ts';
import { keepSteps } from '../lib/flow/keepSteps.ts';

export const program = new Command('watch').description('verify again on every save, and print what changed');
for (const option of [...verifyOptions, verboseOption]) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const options = readVerifyOptions(given);
  const plan = await planRun(options, { mayMiss: false });
  const version = await toolVersion();
  const key = await cloneKey(project.folder);
  return buildInto(options, { say, signal }, async ({ builder, out, signal: living }) => {
    const steps = keepSteps(living);
    const files = watchFiles(out.path);
    try {
      say(`watching ${describePlan(plan, options)}; Ctrl-C ends it`);
      const verbose = isVerbose(given);
      const rounds = startRounds({ options, out, builder, steps, key, verbose, version });
      return await runRounds(plan, { options, rounds, files, say, signal: living });
    } finally {
      files.close();
      await steps.close();
    }
  });
};
