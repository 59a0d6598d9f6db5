// What `npm pack` runs first: builds dist/, the verbs as a package has them. Node reads no TypeScript below node_modules.
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { glob } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { runCommand } from '../lib/engine/command.ts';

const program = new Command('pack').description('build what a package holds');

await runVerb(program, async (_, { signal }) => {
  await rm('dist', { recursive: true, force: true });
  await runCommand('npx', ['tsc', '-p', 'tsconfig.package.json'], { signal });
  // What is read beside the code: scripts for sh, and the page's own.
  for (const file of await glob('lib/**/*.{sh,css,js}')) await cp(file, join('dist', file));
  return 0;
});
