// `make verify`: the whole flow, from distros.yaml to the report.
import { join } from 'node:path';
import { Command } from 'commander';
import { project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { isVerbose, verboseOption } from '../lib/cli/verbose.ts';
import { readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { spellCommand } from '../lib/fault/spelling.ts';

export const program = new Command('verify').description(
  'verify every distro by every path on every platform',
);
for (const option of [...verifyOptions, verboseOption]) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const started = performance.now();
  const options = readVerifyOptions(given);
  // What follows is not loaded for `--help`, nor for a mistake in an option.
  const { buildInto } = await import('../lib/cli/buildInto.ts');
  const { concludeRun } = await import('../lib/cli/concludeRun.ts');
  const { planRun, requestOf } = await import('../lib/cli/runPlan.ts');
  const { describePlan } = await import('../lib/cli/watchPlan.ts');
  const { showProgress } = await import('../lib/cli/live.ts');
  const { buildRun } = await import('../lib/flow/buildRun.ts');
  const { readFrontend } = await import('../lib/flow/frontend.ts');
  const { cloneKey } = await import('../lib/flow/cloneKey.ts');
  const { lintPoliciesOf } = await import('../lib/cli/lintPoliciesOf.ts');
  const { requirePolicies } = await import('../lib/flow/requirePolicies.ts');

  const plan = await planRun(options, { mayMiss: false });
  const notes: string[] = [];
  if (plan.paths.includes('source-policy')) {
    await requirePolicies(plan.distros, project.policies);
    const { errors } = await lintPoliciesOf(plan.distros);
    if (errors > 0)
      notes.push(
        `\`${spellCommand('lint')}\` finds errors in the policies (${errors}): they are verified as they stand`,
      );
    notes.forEach(say);
  }
  if (plan.shard !== undefined) say(describePlan(plan, options));
  return buildInto(options, { say, signal }, async ({ builder, out, signal: living }) => {
    const frontend =
      options.frontend === undefined
        ? undefined
        : await readFrontend(options.frontend, join(out.path, 'run/frontend'));
    const key = await cloneKey(project.folder);
    const run = { started, frontend, notes, out, builder, key, say, signal: living };
    const request = await requestOf(plan, options, run);
    const names = plan.distros.map(({ name }) => name);
    const shown = { distros: names, paths: plan.paths.length };
    const how = { say, signal: living, verbose: isVerbose(given) };
    const record = await showProgress(shown, how, (told) => buildRun({ ...request, ...told }));
    say('checking');
    return concludeRun(record, out.path, key);
  });
};
