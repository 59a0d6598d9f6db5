import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PATHS } from '../../lib/proof/verdict.ts';
import { VERBS } from '../../scripts/verbs.ts';
import { CLONE, runCli, withFolder } from '../e2e/verbs.ts';

const verbs = Object.values(VERBS)
  .flat()
  .map(({ name }) => name);
const scripts = new Map<string, string>();
for (const shell of ['bash', 'zsh']) scripts.set(shell, (await runCli(['completion', shell], CLONE)).stdout);

/** What bash is told may stand in place of the last of the words. */
async function replies(words: readonly string[], folder: string): Promise<string[]> {
  const script = join(folder, '.completion');
  await writeFile(script, scripts.get('bash') ?? '');
  const list = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const line = `set -u; . '${script}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}
    _platform_marker; printf '%s\\n' "\${COMPREPLY[@]+"\${COMPREPLY[@]}"}"`;
  const ended = spawnSync('bash', ['--norc', '-c', line], { cwd: folder, encoding: 'utf8' });
  assert.equal([ended.status, ended.stderr], [0, ''], words.join(' '));
  return ended.stdout.split('\n').filter((one) => one !== '');
}

/** Each of these in a folder with this distros.yaml: words of a command line, and what bash is told. */
function completes(title: string, distros: string, cases: readonly (readonly [string, readonly string[]])[]) {
  test(title, () =>
    withFolder(async (folder) => {
      await writeFile(join(folder, 'distros.yaml'), distros);
      for (const [line, expected] of cases)
        assert.equal(await replies(line.split(' '), folder), expected, line);
    }),
  );
}

const DISTROS = `platforms:
  - name: no-distro
distros:
  - name: debian-trixie # the newest
    base: docker.io/library/debian:trixie

  - { name: 'azlinux3', base: a }
# - name: left-out
  - name: "azlinux4"
subjects:
  - name: azure
`;

completes('Verbs, options and their choices are completed as a person types', DISTROS, [
  ['platform-marker ', [...verbs, 'help', '--help', '--version']],
  ['platform-marker ver', ['verify']],
  ['./node_modules/.bin/platform-marker gen', ['generate']],
  ['platform-marker help expl', ['explain']],
  ['platform-marker verify --sub', ['--subject']],
  ['platform-marker diff ', ['--help']],
  ['platform-marker lint --format s', ['sarif']],
  ['platform-marker lint --format json --f', ['--format', '--fix']],
  ['platform-marker doctor --json ', ['--builder', '--marker-registry', '--out', '--json', '--help']],
  ['platform-marker verify --worker-path ', PATHS],
  ['platform-marker completion z', ['zsh']],
]);

completes('What is a file’s name, or not known, is left to the shell', DISTROS, [
  ['platform-marker verify --out ', []],
  ['platform-marker merge ', []],
  ['platform-marker merge out/', []],
  ['platform-marker verfy --', []],
]);

completes('Distros are those of the folder, one by one in a list', DISTROS, [
  ['platform-marker verify --distro ', ['debian-trixie', 'azlinux3', 'azlinux4']],
  ['platform-marker verify --distro azlinux4,d', ['azlinux4,debian-trixie']],
  // bash's words where "=" is typed.
  ['platform-marker verify --distro =', ['debian-trixie', 'azlinux3', 'azlinux4']],
  ['platform-marker verify --distro = deb', ['debian-trixie']],
  // zsh's.
  [
    'platform-marker verify --distro=azlinux3,az',
    ['--distro=azlinux3,azlinux3', '--distro=azlinux3,azlinux4'],
  ],
  ['platform-marker init --distro ubuntu-n', ['ubuntu-noble']],
]);

completes('Behind npx it is the same, and other programs are left alone', DISTROS, [
  ['npx platform-marker veri', ['verify']],
  ['npx --no-install platform-marker verify --distro deb', ['debian-trixie']],
  ['npx platform-marker', []],
  ['npx prettier --', []],
  ['npx ', []],
]);

const HOSTILE = ['$(touch stolen)', '`touch stolen`', '*', 'a;touch stolen', '${x:=y}']
  .map((name) => `  - name: ${name}\n`)
  .join('');

test('A distros.yaml runs nothing, and one that is not there is no error', () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, 'with'));
    await writeFile(join(folder, 'with/distros.yaml'), `distros:\n${HOSTILE}  - name: good\n`);
    const asked = ['platform-marker', 'verify', '--distro'];
    assert.equal(await replies([...asked, ''], join(folder, 'with')), ['a', 'good']);
    assert.equal(await replies([...asked, '$(touch stolen)'], join(folder, 'with')), []);
    assert.equal((await readdir(join(folder, 'with'))).sort(), ['.completion', 'distros.yaml']);
    assert.equal(await replies([...asked, ''], folder), []);
  }));

test('A completion of npx that is there already stays', () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, '.completion'), scripts.get('bash') ?? '');
    const line = '. ./.completion; complete -p npx platform-marker';
    const shown = (before: string) =>
      spawnSync('bash', ['--norc', '-c', before + line], { cwd: folder, encoding: 'utf8' }).stdout.split(
        '\n',
      );
    assert.equal(shown('').slice(0, 2), [
      'complete -o default -F _platform_marker npx',
      'complete -o default -F _platform_marker platform-marker',
    ]);
    assert.is(shown('complete -W mine npx; ')[0], "complete -W 'mine' npx");
  }));

test('Another shell is refused, with those that are known', async () => {
  const { status, stdout, stderr } = await runCli(['completion', 'fish'], CLONE);
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, 'Allowed choices are bash, zsh');
});

if (spawnSync('zsh', ['--version']).error === undefined) {
  test('The script for zsh is zsh', () => {
    const { status, stderr } = spawnSync('zsh', ['-n'], { input: scripts.get('zsh'), encoding: 'utf8' });
    assert.equal([status, stderr], [0, '']);
  });
} else process.stdout.write('skipped: the syntax of the script for zsh, which is not installed\n');

test.run();
