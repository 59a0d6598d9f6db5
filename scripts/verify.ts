// `make verify`: the whole flow, from distros.yaml to the report.
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { concludeRun } from '../lib/cli/concludeRun.ts';
import { isVerbose, showProgress, verboseOption } from '../lib/cli/live.ts';
import { project } from '../lib/cli/paths.ts';
import { planRun, requestOf } from '../lib/cli/runPlan.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { describePlan } from '../lib/cli/watchPlan.ts';
import { onBuilder } from '../lib/engine/onBuilder.ts';
import { buildRun } from '../lib/flow/buildRun.ts';
import { readFrontend } from '../lib/flow/frontend.ts';
import { cloneKey } from '../lib/flow/cloneKey.ts';
import { requirePolicies } from '../lib/flow/requirePolicies.ts';
import { takeOutFolder } from '../lib/flow/outFolder.ts';

export const program = new Command('verify').description(
  'verify every distro by every path on every platform',
);
for (const option of [...verifyOptions, verboseOption]) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const started = performance.now();
  const options = readVerifyOptions(given);
  const plan = await planRun(options, { mayMiss: false });
  if (plan.paths.includes('source-policy')) await requirePolicies(plan.distros, project.policies);
  if (plan.shard !== undefined) say(describePlan(plan, options));
  const taken = await takeOutFolder(resolve(options.out));
  try {
    return await taken.during(() =>
      onBuilder(
        options.builder,
        { say, signal, registry: options.markerRegistry },
        async (builder, living, isAgain) => {
          const out = isAgain ? await taken.beginAgain() : taken;
          const frontend =
            options.frontend === undefined
              ? undefined
              : await readFrontend(options.frontend, join(out.path, 'run/frontend'));
          const key = await cloneKey(project.folder);
          const run = { started, frontend, out, builder, key, say, signal: living };
          const request = await requestOf(plan, options, run);
          const names = plan.distros.map(({ name }) => name);
          const shown = { distros: names, paths: plan.paths.length };
          const how = { say, signal: living, verbose: isVerbose(given) };
          const record = await showProgress(shown, how, (told) => buildRun({ ...request, ...told }));
          say('checking');
          return await concludeRun(record, out.path, key);
        },
      ),
    );
  } finally {
    await taken.release();
  }
};
