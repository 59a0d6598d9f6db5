// `make lint`: what is wrong with the policies, each by itself and all together in what they do for the distros.
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { lintedDistros } from '../lib/cli/lintedDistros.ts';
import { project } from '../lib/cli/paths.ts';
import { readPolicyFile, readPolicyFolder } from '../lib/cli/policyFiles.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { echoCommands } from '../lib/cli/workflowCommands.ts';
import { isSet, textOf } from '../lib/cli/variable.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { countFindings } from '../lib/policy/lint/countFindings.ts';
import { fixPolicy } from '../lib/policy/lint/fixPolicy.ts';
import { FINDING_FORMATS } from '../lib/policy/lint/formatFindings.ts';
import { lintPolicies, lintPolicy } from '../lib/policy/lint/lint.ts';
import { unwritable } from '../lib/policy/textFile.ts';

export const program = new Command('lint')
  .description('find what is wrong with the policies')
  .addOption(new Option('--policy <file>', 'only this file, by itself').env('POLICY'))
  .addOption(
    new Option('--format <format>', 'how findings are printed')
      .env('FORMAT')
      .choices(Object.keys(FINDING_FORMATS))
      .default('text'),
  )
  .addOption(new Option('--fix [yes]', 'mend what can be mended without a change of meaning').env('FIX'));

export const run: VerbRun = async (options, { say }) => {
  const policy = textOf(options, 'policy');
  const read = () =>
    policy === undefined ? readPolicyFolder(project.policies) : readPolicyFile(policy).then((one) => [one]);
  if (isSet(options['fix'])) {
    for (const input of await read()) {
      const { bytes, fixed } = fixPolicy(input);
      if (fixed === 0) continue;
      // Not replaced by another file: it may be a link of a person's own.
      await writeFile(input.file, bytes).catch((error: unknown) => {
        throw unwritable(input.file, error);
      });
      say(`${input.file}: ${fixed} mended`);
    }
  }
  const inputs = await read();
  const findings =
    policy === undefined ? lintPolicies(inputs, await distrosToLint()) : inputs.flatMap(lintPolicy);
  const text = FINDING_FORMATS[String(options['format'])]?.(findings) ?? '';
  // Only this format is for GitHub's runner to obey.
  if (options['format'] === 'github' && text !== '') echoCommands(text.trimEnd().split('\n'));
  else if (text !== '') echo(text.trimEnd());
  const { errors, warnings } = countFindings(findings);
  say(`policies: ${inputs.length}, errors: ${errors}, warnings: ${warnings}`);
  return errors === 0 ? EXIT.verified : EXIT.fellShort;
};

async function distrosToLint() {
  // One file by itself is linted without the matrix, and without the time that it takes to load its reader.
  const { readMatrix } = await import('../lib/matrix/readMatrix.ts');
  const { distros } = await readMatrix(project.distros);
  return lintedDistros(distros);
}
