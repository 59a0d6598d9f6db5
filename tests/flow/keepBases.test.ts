import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedBase } from '../../lib/base/resolveBases.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { keepBases } from '../../lib/flow/keepBases.ts';
import type { Distro } from '../../lib/matrix/types.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { matrixOf, matrixText } from '../matrix/matrixText.ts';

const [debian] = (await matrixOf(matrixText({ platforms: '[linux/amd64, linux/arm64]' }))).distros as [
  Distro,
];
const other: Distro = { ...debian, name: 'other' };
const found: ResolvedBase = {
  base: { kind: 'registry', ref: debian.baseRef, digest: 'sha256:0', context: 'docker-image://debian' },
};

/** Steps that remember which distros they were asked for, and what is noted in each run. */
function keeping(answer: (name: string) => ResolvedBase = () => found) {
  const asked: string[] = [];
  const keep = keepBases(({ distros, note }) => {
    asked.push(distros.map(({ name }) => name).join());
    note('the registry is far away');
    return Promise.resolve(new Map(distros.map(({ name }) => [name, answer(name)])));
  });
  const resolve = async (distros: readonly Distro[], layouts?: string) => {
    const notes: string[] = [];
    const options = { builder: {} as Builder, requireReal: false, say: () => undefined };
    const bases = await keep({ ...options, distros, layouts, note: (line) => notes.push(line) });
    return { names: [...bases.keys()], notes };
  };
  return { asked, resolve };
}

test('a base is looked for once, and what was noted then is noted each time', async () => {
  const { asked, resolve } = keeping();
  await resolve([debian]);
  assert.equal(await resolve([debian, other]), {
    names: ['debian', 'other'],
    notes: ['the registry is far away'],
  });
  assert.equal(await resolve([other]), { names: ['other'], notes: ['the registry is far away'] });
  assert.equal(asked, ['debian', 'other']);
});

test('a row that names another base or platform asks again, another package does not', async () => {
  const { asked, resolve } = keeping();
  await resolve([debian]);
  await resolve([{ ...debian, package: 'tree' }]);
  assert.is(asked.length, 1);
  await resolve([{ ...debian, baseRef: 'docker.io/library/debian:sid' }]);
  await resolve([{ ...debian, baseRef: 'docker.io/library/debian:sid', platforms: ['linux/amd64'] }]);
  assert.is(asked.length, 3);
});

test('a base that could not be had is looked for again', async () => {
  const { asked, resolve } = keeping((name) => (name === 'other' ? { problem: 'no such tag' } : found));
  await resolve([debian, other]);
  await resolve([debian, other]);
  assert.equal(asked, ['debian,other', 'other']);
});

test('a layout that a person gives counts as another when it is written again', () =>
  inTempDirectory(async (dir) => {
    const { asked, resolve } = keeping();
    await mkdir(join(dir, 'debian'));
    await writeFile(join(dir, 'debian/index.json'), '{}');
    await resolve([debian], dir);
    await resolve([debian], dir);
    assert.is(asked.length, 1);
    await writeFile(join(dir, 'debian/index.json'), '{ }');
    await resolve([debian], dir);
    assert.is(asked.length, 2);
  }));

test.run();
