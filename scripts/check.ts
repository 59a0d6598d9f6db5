// `make check`: judges again what the last run left in out/, and builds nothing.
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { concludeRun } from '../lib/cli/concludeRun.ts';
import { project } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { cloneKey } from '../lib/flow/cloneKey.ts';
import { readRunRecord } from '../lib/flow/runRecord.ts';

const program = new Command('check')
  .description('judge again what the last run left')
  .addOption(new Option('--out <folder>', 'where the outputs are').env('OUT').default('out'));

await runVerb(program, async (options) => {
  const started = performance.now();
  const out = resolve(String(options['out']));
  return concludeRun(await readRunRecord(out), out, await cloneKey(project.folder), started);
});
