// `make clean`: takes away what runs left here, and with CACHE=1 what they keep between runs.
import { rm } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { runVerb } from '../lib/cli/runVerb.ts';
import { cacheFolder } from '../lib/engine/cacheFolder.ts';
import { stopKeptEngine } from '../lib/engine/ownBuilder.ts';

const program = new Command('clean')
  .addOption(new Option('--out <folder>', 'where outputs go').env('OUT').default('out'))
  .addOption(new Option('--cache', 'the engine, its state and the bases as well').env('CACHE'));

await runVerb(program, async (options, { say }) => {
  const folders = [String(options['out'])];
  if (Boolean(options['cache']) && options['cache'] !== '0') {
    await stopKeptEngine();
    folders.push(cacheFolder());
  }
  for (const folder of folders) {
    await rm(folder, { recursive: true, force: true });
    say(`${folder} is gone`);
  }
  return 0;
});
