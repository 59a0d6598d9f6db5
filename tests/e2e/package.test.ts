import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../lib/engine/command.ts';
import { cellsOf, CLONE, readReport, runProgram, withFolder, type Ended } from './verbs.ts';

const test = suite('package');

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** What a package holds besides the code below dist/lib, which mirrors lib/. */
const FILES = [
  ...['LICENSE', 'README.md', 'package.json', 'bin/platform-marker.js', 'distros.yaml', 'docker-bake.hcl'],
  ...['distros', 'policy', 'report'].map((name) => `schemas/${name}.schema.json`),
  ...['canary', 'control', 'marker', 'probe', 'worker'].map((name) => `stages/${name}.Dockerfile`),
  'stages/install/',
  'dist/scripts/',
  'dist/lib/',
];

test('The packed package, installed in a repository without a Makefile, goes all the way to a verdict', () =>
  withFolder(async (folder) => {
    const packing = ['pack', '--json', '--loglevel=error', '--pack-destination', folder];
    const { stdout } = await runCommand('npm', packing, { cwd: CLONE });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [Packed];
    const paths = packed.files.map(({ path }) => path);
    assert.equal(
      paths.filter(
        (path) => !FILES.some((file) => (file.endsWith('/') ? path.startsWith(file) : path === file)),
      ),
      [],
      'nothing else',
    );
    for (const file of FILES)
      assert.ok(
        paths.some((path) => path.startsWith(file)),
        file,
      );
    // Code as it runs, and what it reads beside it.
    assert.ok(paths.every((path) => !/\.ts$|^tests|^dist\/tests/.test(path)));
    const beside = (await readdir(join(CLONE, 'lib'), { recursive: true })).filter((name) =>
      /\.(sh|css)$/.test(name),
    );
    for (const name of beside) assert.ok(paths.includes(`dist/lib/${name}`), name);
    assert.not.ok((await readdir(CLONE)).includes('dist'), 'a clone runs what is written, not a build');

    await writeFile(join(folder, 'package.json'), '{ "name": "somebody-elses", "private": true }\n');
    await runCommand('git', ['init', '--quiet', folder]);
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await runCommand('npm', [...install, `./${packed.filename}`], { cwd: folder });
    const run = (...args: string[]): Promise<Ended> =>
      runProgram(join(folder, 'node_modules/.bin/platform-marker'), args, folder);

    const first = await run('init', '--distro', 'azlinux3');
    assert.is(first.status, 0, first.stderr);
    assert.is(
      first.stdout,
      ['distros.yaml', 'policies/azlinux3.json', 'policies/.generated.json']
        .map((file) => `written ${file}\n`)
        .join(''),
    );
    const written = await readFile(join(folder, 'distros.yaml'), 'utf8');
    const [second, lint, check, help] = await Promise.all([
      run('init'),
      run('lint'),
      run('check'),
      run('verify', '--help'),
    ]);
    assert.is(second.status, 2);
    assert.match(second.stderr, 'distros.yaml is there already, and stays as it is');
    assert.is(await readFile(join(folder, 'distros.yaml'), 'utf8'), written);
    assert.is(lint.status, 0, lint.stderr);
    assert.is(check.status, 2);
    assert.match(check.stderr, 'run `npx platform-marker verify` first');
    assert.is(help.status, 0);
    assert.not.match(help.stdout, /env: /);

    const verified = await run('verify', '--builder', 'own');
    assert.is(verified.status, 0, verified.stdout + verified.stderr);
    const cells = cellsOf(await readReport(join(folder, 'out')));
    assert.is(cells.length, 6);
    assert.ok(
      cells.every((cell) => /^azlinux3 .* pass$/.test(cell)),
      cells.join('\n'),
    );
    assert.is((await run('check')).status, 0);
    const seen = await runCommand('git', ['-C', folder, 'status', '--porcelain']);
    assert.equal(
      seen.stdout
        .trim()
        .split('\n')
        .map((line) => line.slice(3))
        .sort(),
      [
        'distros.yaml',
        'node_modules/',
        'package-lock.json',
        'package.json',
        packed.filename,
        'policies/',
      ].sort(),
      'what a run leaves is ignored',
    );
  }));

test.run();
