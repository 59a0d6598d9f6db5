// `make check-generated`: whether all that follows from distros.yaml is what `make generate` writes, hand edits aside.
import { relative } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { generated, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { planGenerated } from '../lib/flow/planGenerated.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { handEdits } from '../lib/policy/handEdits.ts';
import { staleFiles } from '../lib/policy/plannedFile.ts';

export const program = new Command('check-generated').description(
  'fail where a generated file is not what would be generated',
);

export const run: VerbRun = async (_, { say }) => {
  const plan = await planGenerated(await readMatrix(project.distros), generated);
  const stale = staleFiles(plan);
  for (const { file, reason } of stale) {
    echo(
      `${relative(project.folder, file)}: ${reason ?? `is not what \`${spellCommand('generate')}\` writes`}`,
    );
  }
  const edited = `${handEdits(plan).length} edited by hand`;
  if (stale.length === 0) say(`${plan.length} files, all as generated but for ${edited}`);
  else
    say(
      `${stale.length} of ${plan.length} files are out of date; run \`${spellCommand('generate')}\` and commit what it changes`,
    );
  return stale.length === 0 ? EXIT.verified : EXIT.fellShort;
};
