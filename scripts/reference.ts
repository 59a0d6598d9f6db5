// `make reference`: writes the pages of docs/reference/ that follow from the code.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { own } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { referencePages } from './reference/pages.ts';

const program = new Command('reference').description('write the pages of docs/reference/ from the code');

await runVerb(program, async () => {
  const folder = join(own.packageJson, '../docs/reference');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(await referencePages())) {
    await writeFile(join(folder, name), text);
    echo(`written docs/reference/${name}`);
  }
  return EXIT.verified;
});
