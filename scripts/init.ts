// `platform-marker init`: what a repository needs to be verified: a distros.yaml and its policies. Nothing is overwritten.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { initialMatrix } from '../lib/cli/initialMatrix.ts';
import { generated, ownDistros, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { textOf } from '../lib/cli/variable.ts';
import { EXIT, wrongInput } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { planGenerated } from '../lib/flow/planGenerated.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { splitNames } from '../lib/matrix/select.ts';
import { carryOut } from '../lib/policy/plannedFile.ts';
import { unwritable } from '../lib/policy/textFile.ts';

export const program = new Command('init')
  .description('write a distros.yaml and its policies into this repository')
  .addOption(new Option('--distro <names>', 'only these of the distros that are known, separated by commas'))
  .addOption(new Option('--subject <name>', 'a subject that is known, dalec, instead of the built-in one'));

const SCHEMA = 'node_modules/platform-marker/schemas/distros.schema.json';

export const run: VerbRun = async (options, { say }) => {
  if (existsSync(project.distros)) {
    throw wrongInput({
      message: 'distros.yaml is there already, and stays as it is',
      next: `\`${spellCommand('generate')}\` writes what follows from it`,
    });
  }
  const choice = {
    distros: splitNames(textOf(options, 'distro')),
    subject: textOf(options, 'subject'),
    schema: existsSync(SCHEMA) ? SCHEMA : undefined,
  };
  const text = initialMatrix(await readFile(ownDistros, 'utf8'), choice);
  // Not over a file that has come there in between.
  await writeFile(project.distros, text, { flag: 'wx' }).catch((error: unknown) => {
    throw unwritable('distros.yaml', error);
  });
  echo('written distros.yaml');
  const matrix = await readMatrix(project.distros);
  for (const planned of await planGenerated(matrix, generated)) {
    await carryOut(planned);
    const { file, state, reason } = planned;
    echo(`${state} ${relative(project.folder, file)}${state === 'kept' ? `: ${reason ?? ''}` : ''}`);
  }
  const [first] = matrix.distros;
  say(
    `commit these; then \`${spellCommand('verify', { DISTRO: first?.name ?? '' })}\` comes to a first verdict`,
  );
  say('runs write to out/ alone, which git ignores by a file of its own, and to the cache folder');
  return EXIT.verified;
};
