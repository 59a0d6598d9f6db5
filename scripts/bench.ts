// `make bench`: the figures of the README, as one table and in out/bench.json. Whole processes; what is compared runs in turn.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { chalk, echo } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { benchOptions, readBenchOptions } from './bench/options.ts';
import { benchGrowth } from './bench/growth.ts';
import { benchLayouts } from './bench/layouts.ts';
import type { Row } from './bench/row.ts';
import { benchRuns } from './bench/runs.ts';
import { benchScale } from './bench/scale.ts';
import { benchStart } from './bench/start.ts';
import { tableOf } from './bench/table.ts';

const program = new Command('bench').description(
  'measure whole runs, their growth, the checker and the start of verbs',
);
for (const option of benchOptions) program.addOption(option);

await runVerb(program, async (given, { say, signal }) => {
  const { parts, pairs, cold, ...growth } = readBenchOptions(given);
  const work = await mkdtemp(join(tmpdir(), 'platform-marker-bench-'));
  const bench = { pairs, work, say, signal };
  const started = performance.now();
  const rows: Row[] = [];
  try {
    if (parts.includes('runs')) rows.push(...(await benchRuns(bench, { cold })));
    if (parts.includes('growth')) rows.push(...(await benchGrowth(bench, growth)));
    if (parts.includes('layouts')) rows.push(...(await benchLayouts(bench)));
    if (parts.includes('scale')) rows.push(...(await benchScale(bench)));
    if (parts.includes('start')) rows.push(...(await benchStart(bench)));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const minutes = (performance.now() - started) / 60_000;
  await mkdir('out', { recursive: true });
  await writeFile(
    'out/bench.json',
    JSON.stringify({ machine: machine(), pairs, parts, rows }, null, 2) + '\n',
  );
  echo(tableOf(rows));
  echo(
    chalk.dim(`${machine()}; ${pairs} pairs, ${minutes.toFixed(0)} minutes; every run is in out/bench.json`),
  );
  return 0;
});

function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gib} GiB, Linux ${release().split('.', 2).join('.')}, Node ${process.version}`;
}
