// `make test`: types, lint, format, generated files, unit tests, then the tests against real parts. Ends with one line of counts.
import { Command } from 'commander';
import { chalk, echo, glob } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { runCommand } from '../lib/engine/command.ts';
import { CommandError } from '../lib/engine/commandError.ts';
import { keepOwnEngine } from '../lib/engine/ownBuilder.ts';
import { failuresOf } from './test/failures.ts';

const program = new Command('test')
  .description('everything that this project asks of itself')
  .argument('[pattern]', 'only test files whose path matches this regular expression');

const UVU = 'node_modules/uvu/bin.js';
const counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed: named at the end once more, which is where a person looks and all that some keep of a log. */
const failures: string[] = [];

await runVerb(program, async (_, { signal, say }) => {
  const [pattern = ''] = program.args;
  const all = (await glob('tests/**/*.test.ts')).sort().filter((file) => new RegExp(pattern).test(file));
  const real = all.filter((file) => /^tests\/(oracle|e2e)\//.test(file));
  const unit = all.filter((file) => !real.includes(file));

  if (pattern === '') {
    await step('types', 'npx', ['tsc', '-p', '.'], signal);
    await step('lint', 'npx', ['eslint', '.'], signal);
    await step('format', 'npx', ['prettier', '--check', '--log-level=warn', '.'], signal);
    await step('generated files', process.execPath, ['bin/platform-marker.js', 'check-generated'], signal);
  }
  // One process for all: they take milliseconds.
  if (unit.length > 0) await run('unit tests', unit, signal);

  const needsEngine = real.some((file) => file.startsWith('tests/e2e/'));
  const builder = needsEngine ? await keepOwnEngine({ say, signal }) : undefined;
  try {
    // A process each: these start processes of their own and take seconds.
    for (const file of real) await run(file, [file], signal);
  } finally {
    await builder?.stop();
  }
  for (const failure of failures) echo(`${chalk.red('✘')} ${failure.replaceAll('\n', '\n  ')}`);
  echo(
    `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
  );
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
});

/** A check that passes or fails as a whole. */
async function step(name: string, command: string, args: string[], signal: AbortSignal): Promise<void> {
  try {
    await runCommand(command, args, { signal });
    counts.passed += 1;
    echo(`${chalk.green('✔')} ${name}`);
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    counts.failed += 1;
    failures.push(name);
    echo(`${chalk.red('✘')} ${name}\n${error.output}`);
  }
}

/** Runs test files in one process and adds up what uvu says of them. */
async function run(name: string, files: string[], signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const pattern = `^(${files.map((file) => file.replace(/[.\\+*?^$(){}|[\]]/g, '\\$&')).join('|')})$`;
  let output: string;
  let ended = true;
  try {
    ({ output } = await runCommand(
      'node',
      ['--import', 'tsx', UVU, '.', pattern, '--ignore', '^node_modules', '--ignore', '^out$'],
      { signal },
    ));
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    ({ output } = error);
    ended = false;
  }
  const count = (word: string) => Number(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'm').exec(output)?.[1] ?? 0);
  const [total, passed, skipped] = [count('Total'), count('Passed'), count('Skipped')];
  // uvu heads each file's results with its name, where there are several.
  const unheard = files.length > 1 ? files.filter((file) => !output.includes(file)) : [];
  // A file that ends without its summary, that runs nothing, or that was passed over has failed.
  const failed =
    unheard.length +
    total -
    passed -
    skipped +
    (ended || total - passed - skipped > 0 ? 0 : 1) +
    (total === 0 && ended ? 1 : 0);
  counts.passed += passed;
  counts.skipped += skipped;
  counts.failed += failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  echo(`${failed === 0 ? chalk.green('✔') : chalk.red('✘')} ${name}: ${passed} of ${total} in ${seconds} s`);
  for (const file of unheard) echo(`${file} was not run`);
  if (failed > 0) {
    failures.push([name, ...failuresOf(output)].join('\n'));
    echo(output);
  } else
    for (const line of output.split('\n').filter((text) => /^\s*skipped: /.test(text)))
      echo(`  ${line.trim()}`);
}
