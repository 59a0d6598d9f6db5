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
import type { PartName, Row } from './bench/row.ts';
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
  const measurePart: Record<PartName, () => Promise<Row[]>> = {
    runs: () => benchRuns(bench, { cold }),
    growth: () => benchGrowth(bench, growth),
    layouts: () => benchLayouts(bench),
    scale: () => benchScale(bench),
    start: () => benchStart(bench),
  };
  const measured: PartName[] = [];
  try {
    for (const part of parts) {
      rows.push(...(await measurePart[part]()));
      measured.push(part);
    }
  } finally {
    // Where a part fails, what the ones before it took minutes for is kept all the same.
    if (rows.length > 0 && !signal.aborted)
      await keepRows({ pairs, parts: measured, rows }, performance.now() - started);
    await rm(work, { recursive: true, force: true });
  }
  return 0;
});

/** Writes the rows to out/bench.json, and prints them as a table. */
async function keepRows(
  measured: { pairs: number; parts: readonly PartName[]; rows: readonly Row[] },
  milliseconds: number,
): Promise<void> {
  await mkdir('out', { recursive: true });
  await writeFile('out/bench.json', JSON.stringify({ machine: machine(), ...measured }, null, 2) + '\n');
  const minutes = (milliseconds / 60_000).toFixed(0);
  echo(tableOf(measured.rows));
  echo(
    chalk.dim(`${machine()}; ${measured.pairs} pairs, ${minutes} minutes; every run is in out/bench.json`),
  );
}

function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gib} GiB, Linux ${release().split('.', 2).join('.')}, Node ${process.version}`;
}
