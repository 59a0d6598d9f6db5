// `make clean`: takes away what runs left here, and with CACHE=1 what they keep between runs.
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { isSet } from '../lib/cli/variable.ts';
import { cacheFolder } from '../lib/engine/cacheFolder.ts';
import { stopKeptEngine } from '../lib/engine/ownBuilder.ts';
import { takeOutFolder } from '../lib/flow/outFolder.ts';

/** What a cache folder of this program holds; anything else in it is somebody's own and stays. */
const CACHED = ['tools', 'engine', 'engine.lock', 'bases', 'images', 'keys', 'go'];

export const program = new Command('clean')
  .description('take away what runs left')
  .addOption(new Option('--out <folder>', 'where outputs go').env('OUT').default('out'))
  .addOption(new Option('--cache [yes]', 'the engine, its state and the bases as well').env('CACHE'));

export const run: VerbRun = async (options, { say }) => {
  const out = resolve(String(options['out']));
  if ((await readdir(out).catch(() => [])).length > 0) {
    // Refuses a folder that is a person's own, and one that a run is using.
    const taken = await takeOutFolder(out);
    await taken.release();
    await rm(out, { recursive: true, force: true });
    say(`${out} is gone`);
  }
  if (isSet(options['cache'])) {
    await stopKeptEngine();
    for (const name of CACHED) await rm(join(cacheFolder(), name), { recursive: true, force: true });
    say(`what was kept in ${cacheFolder()} is gone`);
  }
  return 0;
};
