import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { LAYOUT_RULES, type LayoutRule } from '../../lib/oci/layoutError.ts';
import { HOSTILE } from '../fixtures/layouts/hostile/all.ts';
import type { HostileLayout } from '../fixtures/layouts/hostile/hostile.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { judge } from '../fixtures/layouts/judge.ts';
import { layoutTar, writeDirectory, type FixtureLayout } from '../fixtures/layouts/layout.ts';

/** Asserts that there is one complaint, that it names the layout, and that it ends as the hostile layout says. */
function assertSays(hostile: HostileLayout, path: string, said: readonly string[]): void {
  const end = hostile.rule === undefined ? hostile.says : `: ${hostile.says} [${hostile.rule}]`;
  assert.is(said.length, 1, `expected one complaint: ${said.join('\n')}`);
  assert.ok(said[0]?.endsWith(end), `expected …${end}\nbut was ${said[0] ?? ''}`);
  if (hostile.rule !== undefined) assert.ok(said[0]?.startsWith(`${path}: `), 'expected the path in front');
}

for (const hostile of HOSTILE) {
  test(`refuses ${hostile.name}`, () =>
    inTempDirectory(async (dir) => {
      const path = join(dir, 'layout');
      const layout = hostile.make();
      if (hostile.pack === undefined) await writeDirectory(layout, path);
      else await writeFile(path, hostile.pack(layout));
      const before = await snapshot(dir);
      const said = await judge(path, hostile.ref);
      assertSays(hostile, path, said);
      assert.equal(await snapshot(dir), before, 'expected nothing to be written');
    }));
}

test('says of every hostile directory the same when it is a tar or a compressed tar', () =>
  inTempDirectory(async (dir) => {
    const path = join(dir, 'layout');
    for (const hostile of HOSTILE.filter(isOfPlainFiles)) {
      const bytes = layoutTar(hostile.make());
      for (const packed of [bytes, gzipSync(bytes, { level: 1 })]) {
        await writeFile(path, packed);
        assertSays(hostile, path, await judge(path, hostile.ref));
      }
    }
  }));

function isOfPlainFiles(hostile: HostileLayout): boolean {
  return (
    hostile.pack === undefined && [...hostile.make().files.values()].every((file) => Buffer.isBuffer(file))
  );
}

test('passes the layout that all hostile ones are made from', () =>
  inTempDirectory(async (dir) => {
    const path = join(dir, 'layout');
    await writeDirectory(soundLayout(), path);
    assert.equal(await judge(path), []);
  }));

function soundLayout(): FixtureLayout {
  const hostile = HOSTILE.find(({ rule }) => rule === 'ref-not-found');
  if (hostile === undefined) throw new Error('no hostile layout asks for a tag that is not there');
  return hostile.make();
}

/** Rules that no layout of a few kilobytes can break, with the test that breaks them. */
const TESTED_ELSEWHERE: readonly LayoutRule[] = [
  'layout-not-found', // blobs.test.ts
  'layout-kind', // blobs.test.ts
  'layout-too-large', // store/compressedTar.test.ts
  'layer-too-large', // findFile.test.ts
  'tar-too-many-entries', // findFile.test.ts
];

test('has a hostile layout for every rule', () => {
  const broken = new Set(HOSTILE.map(({ rule }) => rule));
  assert.equal(LAYOUT_RULES.filter((rule) => !broken.has(rule)).sort(), [...TESTED_ELSEWHERE].sort());
});

test('names every hostile layout differently', () => {
  assert.is(new Set(HOSTILE.map(({ name }) => name)).size, HOSTILE.length);
});

/** Every path with its times and sizes: what a write would change. */
async function snapshot(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  const all: string[] = [];
  for (const name of names.sort()) {
    const stats = await stat(join(dir, name)).catch(() => undefined);
    all.push(`${name} ${stats?.size ?? ''} ${stats?.mtimeMs ?? ''}`);
  }
  return all;
}

test.run();
