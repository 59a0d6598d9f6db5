import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toolVersion } from '../../lib/cli/toolVersion.ts';
import { NOT_OF_MAKE, VERBS } from '../../scripts/verbs.ts';
import { CLI, CLONE, runCli, runMake, runProgram, withFolder } from '../e2e/verbs.ts';

const verbs = Object.values(VERBS).flat();
/** Scripts that are of this project alone, or no verbs. */
const OTHER_SCRIPTS = [
  'bench',
  'mutants',
  'pack',
  'reference',
  'soak',
  'screenshots',
  'test',
  'cli',
  'serve',
  'verbs',
];

test('Every script that is a verb is one of the command line, and says what it does', async () => {
  const scripts = (await readdir(join(CLONE, 'scripts')))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replace(/\.ts$/, ''));
  assert.equal(
    verbs.map(({ name }) => name).sort(),
    scripts.filter((name) => !OTHER_SCRIPTS.includes(name)).sort(),
  );
  for (const { name, load } of verbs) {
    const { program } = await load();
    assert.is(program.name(), name);
    assert.is.not(program.description(), '');
  }
});

test('make’s help has every verb of the command line that is a target', async () => {
  const makefile = await readFile(join(CLONE, 'Makefile'), 'utf8');
  const targets = /^TARGETS = (.*)$/m.exec(makefile)?.[1]?.split(' ') ?? [];
  assert.equal(
    verbs.map(({ name }) => name).filter((name) => !targets.includes(name)),
    NOT_OF_MAKE,
  );
  const help = makefile.split('\n').filter((line) => /^## /.test(line));
  for (const { name } of verbs.filter((verb) => !NOT_OF_MAKE.includes(verb.name))) {
    assert.ok(
      help.some((line) => new RegExp(`\\bmake (-s )?${name}\\b`).test(line)),
      name,
    );
  }
});

test('Help loads no verb, goes to the standard output, and names each', async () => {
  await withFolder(async (folder) => {
    const answers = await Promise.all([[], ['--help'], ['help']].map((args) => runCli(args, folder)));
    for (const { status, stdout, stderr } of answers) {
      assert.equal([status, stderr], [0, '']);
      for (const { name, summary } of verbs) assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, 'm'));
      assert.match(stdout, 'Usage: npx platform-marker <verb> [options]');
    }
    const [version, ofVerb] = await Promise.all([
      runCli(['--version'], folder),
      runCli(['help', 'diff'], folder),
    ]);
    assert.equal([version.status, version.stdout], [0, `${await toolVersion()}\n`]);
    assert.equal([ofVerb.status, ofVerb.stderr], [0, '']);
    assert.match(ofVerb.stdout, /^Usage: npx platform-marker diff \[options\]\n/);
  });
});

test('A verb, an option and a target that there is not are named with what was meant', async () => {
  await withFolder(async (folder) => {
    const [verb, option, target, second, variable] = await Promise.all([
      runCli(['verfy'], folder),
      runCli(['diff', '--distro', 'a'], folder),
      runMake('chek', {}),
      runProgram('make', ['lint', 'chek'], CLONE),
      runMake('diff', { DISTRO: 'azlinux3' }),
    ]);
    assert.equal([verb.status, verb.stdout], [2, '']);
    assert.match(verb.stderr, 'there is no verb "verfy" (did you mean "verify"?)');
    assert.match(verb.stderr, '`npx platform-marker --help` lists them all');
    assert.is(option.status, 2);
    assert.match(option.stderr, "unknown option '--distro'");
    assert.is(target.status, 2);
    assert.match(target.stderr, 'there is no target "chek" (did you mean "check"?)\n  `make` lists them all');
    assert.is(second.status, 2);
    assert.match(second.stderr, /^error: there is no target "chek"/);
    assert.is(second.stdout, '', 'before anything is linted');
    assert.is(variable.status, 2);
    assert.match(variable.stderr, '`make diff` takes no DISTRO');
  });
});

test('A reader that goes away ends nothing with an error', () => {
  for (const args of ['--help', 'verify --help', 'explain --ref debian:bookworm']) {
    const line = `${CLI.map((word) => `'${word}'`).join(' ')} ${args} | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', line], {
      cwd: CLONE,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    assert.equal([stdout, stderr], ['0\n', ''], args);
  }
});

test.run();
