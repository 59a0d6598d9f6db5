// `make engine`: keeps the project's own engine up and prints the environment for using docker by hand.
import { Command } from 'commander';
import { echo, path } from 'zx';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { keepOwnEngine, stopKeptEngine } from '../lib/engine/ownBuilder.ts';
import { spellCommand } from '../lib/fault/spelling.ts';

export const program = new Command('engine')
  .description('keep an engine up for using docker by hand')
  .option('--stop', 'end it');

export const run: VerbRun = async (options, { say, signal }) => {
  if (options['stop'] === true) {
    say((await stopKeptEngine()) ? 'the engine has ended' : 'no engine was up');
    return 0;
  }
  const builder = await keepOwnEngine({ say, signal });
  const enter = builder.enter.join(' ');
  say(`${builder.name} is up; \`${spellCommand('engine', { STOP: true })}\` ends it`);
  say(`its loopback is its own: put \`${enter}\` before a command that has to share it`);
  const env = { ...builder.env, PATH: `${path.dirname(builder.docker)}:$PATH` };
  for (const [name, value] of Object.entries(env)) echo(`export ${name}="${value}"`);
  return 0;
};
