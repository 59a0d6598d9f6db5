// `make diff`: what people have changed in generated policies, against what would be generated.
import { relative } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { colourDiff } from '../lib/cli/colourDiff.ts';
import { generated, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { planGenerated } from '../lib/flow/planGenerated.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { diffHandEdit, handEdits } from '../lib/policy/handEdits.ts';

export const program = new Command('diff').description('show the hand edits of the policies');

export const run: VerbRun = async (_, { say }) => {
  const edits = handEdits(await planGenerated(await readMatrix(project.distros), generated));
  for (const edit of edits) {
    const diff = await diffHandEdit(edit, relative(project.folder, edit.file));
    echo(colourDiff(diff, process.stdout).trimEnd());
  }
  if (edits.length === 0) say('no hand edits');
  else
    say(
      `\`${spellCommand('generate', { FORCE: '<distro>' })}\` brings back what is generated, and keeps a backup`,
    );
  return EXIT.verified;
};
