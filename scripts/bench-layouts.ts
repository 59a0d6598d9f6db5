// One file out of a layout with a big layer: ours against what people read layouts with. Prints a table, and writes its
// figures to out/bench-layouts.json.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { chalk, echo } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { wrongInput } from '../lib/fault/fault.ts';
import { startRegistryProcess } from '../lib/registry/registryProcess.ts';
import { PLACES, writeBigLayout } from './bench-layouts/bigLayout.ts';
import { compareFurther, compareTools } from './bench-layouts/compare.ts';
import { findPeers } from './bench-layouts/peers.ts';
import { readersOf } from './bench-layouts/readers.ts';
import { tableOf, type Row } from './bench-layouts/rows.ts';

/** What the big layer unpacks to, in bytes. */
const LAYERS = { '70 MB': 70e6, '1 GB': 1e9 };

const program = new Command('bench-layouts')
  .description('measure how one file is read from layouts with a big layer')
  .addOption(new Option('--pairs <n>', 'runs of each tool').env('PAIRS').default('3'));

await runVerb(program, async (options, { say, signal }) => {
  const pairs = Number(options['pairs']);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw wrongInput({ message: 'PAIRS takes a whole number from 1' });
  const work = await mkdtemp(join(tmpdir(), 'platform-marker-bench-'));
  const rows: Row[] = [];
  try {
    const peers = await findPeers(say, signal);
    const readers = readersOf(peers);
    for (const [layer, bytes] of Object.entries(LAYERS)) {
      say(`a layout with a layer of ${layer}`);
      const dir = join(work, 'layout');
      await writeBigLayout(dir, bytes, signal);
      const repositories = { layout: dir };
      const registry = await startRegistryProcess({ repositories, port: 0, signal, onProblem: say });
      try {
        const repository = `${registry.address}/layout:latest`;
        const layout = { dir, repository, scratch: join(work, 'scratch') };
        const runs = { layout, layer, pairs, signal };
        for (const file of Object.keys(PLACES) as (keyof typeof PLACES)[]) {
          say(`the file ${file}`);
          const apt = readers.filter(
            ({ unpacksAll }) => unpacksAll !== true || file === 'last in the big layer',
          );
          rows.push(...(await compareTools(apt, file, runs)));
        }
        say('one more file in a process');
        rows.push(...(await compareFurther(peers.regctl, runs)));
      } finally {
        await registry.close();
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const machine = `${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
  await mkdir('out', { recursive: true });
  await writeFile('out/bench-layouts.json', JSON.stringify({ machine, rows }, null, 2) + '\n');
  echo(tableOf(rows));
  for (const row of new Map(rows.map((one) => [one.tool, one])).values()) {
    echo(chalk.dim(`${row.tool}: ${row.command}`));
  }
  echo(chalk.dim(machine));
  return 0;
});
