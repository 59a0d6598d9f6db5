import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT, Fault } from '../../lib/fault/fault.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { selectDistros, selectPlatforms, selectSubject, splitNames } from '../../lib/matrix/select.ts';
import { DEBIAN, matrixOf, matrixText } from './matrixText.ts';

const matrix = await readMatrix('distros.yaml');
const names = (distros: readonly { name: string }[]) => distros.map(({ name }) => name);

function faultOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.instance(error, Fault);
    assert.is((error as Fault).exitStatus, EXIT.wrongInput);
    return (error as Fault).message;
  }
  throw new Error('expected a fault');
}

test('A list of names is split at commas and spaces', () => {
  assert.equal(splitNames(' a,b, c ,,d e '), ['a', 'b', 'c', 'd', 'e']);
  assert.equal(splitNames(''), []);
  assert.equal(splitNames(undefined), []);
});

test('No names means every distro', () => {
  assert.equal(selectDistros(matrix, []), matrix.distros);
});

test('Distros come in the order of the file, each once', () => {
  assert.equal(names(selectDistros(matrix, ['azlinux3', 'debian-bookworm', 'azlinux3'])), [
    'debian-bookworm',
    'azlinux3',
  ]);
});

test('A distro that does not exist gets a guess and the list of those that do', () => {
  const message = faultOf(() => selectDistros(matrix, ['debian-bokworm']));
  assert.match(message, /there is no distro "debian-bokworm" \(did you mean "debian-bookworm"\?\)/);
  assert.match(message, /there are: debian-bullseye, .*, azlinux4$/);
});

test('Each name that does not exist is told', () => {
  const message = faultOf(() => selectDistros(matrix, ['nope', 'azlinux3', 'azlinux5']));
  assert.match(message, /"nope"/);
  assert.match(message, /"azlinux5" \(did you mean "azlinux/);
});

test('Platforms narrow each distro, by any spelling', () => {
  for (const { platforms } of selectPlatforms(matrix.distros, ['linux/aarch64'])) {
    assert.equal(platforms, ['linux/arm64']);
  }
});

test('A distro that has none of the platforms is left out', async () => {
  const more = '\n  - { name: arm, base: arm, manager: apt, platforms: [linux/arm/v7] }';
  const { distros } = await matrixOf(matrixText({ distros: DEBIAN + more }));
  assert.equal(names(selectPlatforms(distros, ['linux/arm'])), ['arm']);
  assert.equal(names(selectPlatforms(distros, [])), ['debian', 'arm']);
});

test('A platform that no distro has gets the list of those there are', () => {
  assert.match(
    faultOf(() => selectPlatforms(matrix.distros, ['linux/arm/v7'])),
    /there is no platform "linux\/arm\/v7".*\n {2}there are: linux\/amd64, linux\/arm64; `platforms:` in distros\.yaml takes others$/,
  );
});

test('What is no platform at all is told as such', () => {
  assert.match(
    faultOf(() => selectPlatforms(matrix.distros, ['linux/amd46'])),
    /"linux\/amd46" is not a platform: .*did you mean "amd64"/,
  );
});

test('Without a name the first subject is selected', async () => {
  assert.is((await selectSubject(matrix, undefined)).name, 'built-in');
});

test('A subject is selected by its name', async () => {
  assert.is(await selectSubject(matrix, 'dalec'), matrix.subjects[1]);
});

test("A path selects a person's own Dockerfile, which is given the base and asked for no install", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'select-'));
  try {
    const file = path.join(folder, 'my.Dockerfile');
    await writeFile(file, 'FROM scratch\n');
    assert.equal(await selectSubject(matrix, file), {
      name: file,
      source: { kind: 'dockerfile', dockerfile: file },
      workerContext: 'worker',
      args: { BASE: '{base}' },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('A subject that is neither a name nor a file gets a guess and the list', async () => {
  try {
    await selectSubject(matrix, 'dalek');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Fault);
    assert.match(
      (error as Fault).message,
      /there is no subject "dalek" \(did you mean "dalec"\?\)\n {2}there are: built-in, dalec; or the path of a Dockerfile$/,
    );
  }
});

test.run();
