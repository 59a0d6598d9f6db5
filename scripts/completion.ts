// `platform-marker completion bash`: a script with which a shell completes verbs, options and names.
import { Argument, Command } from 'commander';
import { echo } from 'zx';
import { completionScript, SHELLS } from '../lib/cli/completion/completionScript.ts';
import { ownDistros } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { PATHS } from '../lib/proof/verdict.ts';
import { VERBS } from './verbs.ts';

export const program = new Command('completion')
  .description('print a script that completes verbs, options and names in bash or zsh')
  .addArgument(new Argument('<shell>', 'the shell that it is for').choices(SHELLS));

export const run: VerbRun = async () => {
  const shell = SHELLS.find((name) => name === program.args[0]) ?? 'bash';
  const verbs = await Promise.all(
    Object.values(VERBS)
      .flat()
      .map(async ({ name, load }) => ({ name, program: (await load()).program })),
  );
  // `init` is for a folder that has no distros.yaml yet: it takes those that are known.
  const known = (await readMatrix(ownDistros)).distros.map(({ name }) => name);
  const listed = { '--distro': 'distros', 'init --distro': known, '--worker-path': PATHS } as const;
  echo((await completionScript(shell, verbs, listed)).trimEnd());
  return EXIT.verified;
};
