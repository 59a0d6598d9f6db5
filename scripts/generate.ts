// `make generate`: writes everything that follows from distros.yaml.
import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { chalk, echo } from 'zx';
import { generated, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { planGenerated } from '../lib/flow/planGenerated.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { selectDistros, splitNames } from '../lib/matrix/select.ts';
import { handEdits } from '../lib/policy/handEdits.ts';
import { carryOut } from '../lib/policy/plannedFile.ts';

export const program = new Command('generate')
  .description('write docker-bake.json, the policies and the schemas')
  .addOption(
    new Option('--force <names>', 'the policies of these distros too where a person has edited them').env(
      'FORCE',
    ),
  );

const WORDS = {
  written: chalk.green('written'),
  removed: chalk.green('removed'),
  unchanged: chalk.dim('unchanged'),
  kept: chalk.yellow('kept'),
};

export const run: VerbRun = async (options, { say }) => {
  const matrix = await readMatrix(project.distros);
  const forced = splitNames(options['force'] as string | undefined);
  // No names would select all.
  if (forced.length > 0) selectDistros(matrix, forced);
  const plan = await planGenerated(matrix, generated, forced);
  for (const planned of plan) {
    const { file, state, reason } = planned;
    const backup = await carryOut(planned);
    const why = backup === undefined ? reason : `what was there is now ${relative(project.folder, backup)}`;
    const more = why === undefined || (state === 'written' && backup === undefined) ? '' : `: ${why}`;
    echo(`${WORDS[state]} ${relative(project.folder, file)}${more}`);
  }
  if (handEdits(plan).length > 0) {
    say(
      `\`${spellCommand('diff')}\` shows what is edited by hand; \`${spellCommand('generate', { FORCE: '<distro>' })}\` brings back what is generated`,
    );
  }
  return EXIT.verified;
};
