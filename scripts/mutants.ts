// `make mutants`: workers with one seeded defect each, and whether each gets the verdict that it has to get.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { chalk, echo } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { BUILDER_CHOICES, type BuilderChoice } from '../lib/engine/builderChoice.ts';
import { findBuilder } from '../lib/engine/findBuilder.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { judgeMutants, type JudgedMutant } from '../tests/e2e/mutants/bench.ts';
import { HARMLESS, MUTANTS } from '../tests/e2e/mutants/mutants.ts';

const program = new Command('mutants').description('workers with a seeded defect, and how many are caught');
program.addOption(
  new Option('--builder <which>', 'auto: what there is, else an engine of our own; own; sealed')
    .env('BUILDER')
    .choices(BUILDER_CHOICES)
    .default('auto'),
);
program.option('--details', 'every cell with what is said of it');

await runVerb(program, async (options, { say, signal }) => {
  const builder = await findBuilder(options['builder'] as BuilderChoice, say, signal);
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-mutants-'));
  try {
    say(`building ${MUTANTS.length} mutants`);
    const judged = await judgeMutants([...HARMLESS, ...MUTANTS], { builder, folder, signal });
    const table = new Table({
      head: ['', 'mutant', 'verdict', 'defect'],
      colWidths: [3, 32, 17, 64],
      wordWrap: true,
      style: { head: [], border: [], compact: true },
    });
    for (const one of judged) {
      table.push([mark(one.right), one.mutant.name, verdictsOf(one), one.mutant.defect]);
    }
    echo(table.toString());
    if (options['details'] === true) for (const one of judged) showCells(one);
    else for (const one of judged.filter(({ right }) => !right)) showCells(one);
    const caught = judged.filter(({ mutant, right }) => right && MUTANTS.includes(mutant)).length;
    const passed = judged.filter(({ mutant, right }) => right && HARMLESS.includes(mutant)).length;
    echo(`caught ${caught} of ${MUTANTS.length}; passed ${passed} of ${HARMLESS.length} without a defect`);
    return judged.every(({ right }) => right) ? EXIT.verified : EXIT.fellShort;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await builder.stop();
  }
});

function mark(right: boolean): string {
  return right ? chalk.green('✔') : chalk.red('✘');
}

/** What speaks against it, each verdict once. */
function verdictsOf({ cells }: JudgedMutant): string {
  const verdicts = [...new Set(cells.map(({ verdict }) => verdict))].filter((verdict) => verdict !== 'pass');
  return verdicts.length === 0 ? 'pass' : verdicts.join(' ');
}

function showCells({ mutant, cells }: JudgedMutant): void {
  for (const { path, platform, verdict, expected, detail, right } of cells) {
    const instead = verdict === expected ? '' : ` instead of ${expected}`;
    echo(`${mark(right)} ${mutant.name} ${path} ${platform}: ${verdict}${instead} ${detail}`);
  }
}
