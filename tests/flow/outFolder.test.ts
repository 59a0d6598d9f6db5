import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { takeOutFolder } from '../../lib/flow/outFolder.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

/** What is in a folder that a run has taken. */
const TAKEN = ['.gitignore', '.lock', '.platform-marker', 'marker', 'owner.json', 'run'];

async function refusal(path: string): Promise<string> {
  const error = await takeOutFolder(path).catch((thrown: unknown) => thrown);
  assert.instance(error, Fault);
  assert.is((error as Fault).exitStatus, 2);
  return (error as Fault).message;
}

async function put(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'left by an earlier run');
}

test('a folder that is not there is made, with a place for the run and the markers', () =>
  inTempDirectory(async (dir) => {
    const out = await takeOutFolder(join(dir, 'a/b'));
    assert.equal((await readdir(out.path)).sort(), TAKEN);
    await out.release();
    assert.equal((await readdir(out.path)).sort(), ['.gitignore', '.platform-marker', 'marker', 'run']);
    assert.equal(await readdir(join(dir, 'a')), ['b'], 'nothing beside it');
  }));

test('what an earlier run could be judged by is gone', () =>
  inTempDirectory(async (dir) => {
    const left = [
      'run/run.json',
      'run/metadata/m.json',
      'probe/worker-context/d/index.json',
      'control/c/index.json',
    ];
    for (const name of [...left, 'report.json']) await put(join(dir, name));
    const out = await takeOutFolder(dir);
    for (const name of [...left, 'report.json']) assert.not(existsSync(join(dir, name)), name);
    await out.release();
  }));

test('markers that no run called whole are gone', () =>
  inTempDirectory(async (dir) => {
    await put(join(dir, 'marker/d/index.json'));
    const out = await takeOutFolder(dir);
    assert.equal(await readdir(join(dir, 'marker')), []);
    await out.release();
  }));

test('markers that were called whole stay, and are not whole until this run says so', () =>
  inTempDirectory(async (dir) => {
    const first = await takeOutFolder(dir);
    await put(join(dir, 'marker/d/index.json'));
    await first.markersAreWhole({ d: { identity: 'i', digest: 'sha256:d' } });
    await first.release();

    const second = await takeOutFolder(dir);
    assert.equal(second.whole, { d: { identity: 'i', digest: 'sha256:d' } });
    assert.ok(existsSync(join(dir, 'marker/d/index.json')));
    await second.release();

    const third = await takeOutFolder(dir);
    assert.equal(await readdir(join(dir, 'marker')), [], 'the second was killed, as it were');
    await third.release();
  }));

test('for the next run of a process what was judged is gone, and probes and whole markers stay', () =>
  inTempDirectory(async (dir) => {
    const first = await takeOutFolder(dir);
    const stays = ['marker/d/index.json', 'probe/worker-context/d/index.json', 'run/frontend/index.json'];
    for (const name of ['run/run.json', 'run/run.json.seal', 'report.json', ...stays])
      await put(join(dir, name));
    await first.markersAreWhole({ d: { identity: 'i', digest: 'sha256:d' } });
    const second = await first.renew();
    assert.equal(second.whole, { d: { identity: 'i', digest: 'sha256:d' } });
    for (const name of stays) assert.ok(existsSync(join(dir, name)), name);
    for (const name of ['run/run.json', 'run/run.json.seal', 'report.json'])
      assert.not(existsSync(join(dir, name)), name);
    assert.ok(existsSync(join(dir, '.lock')));

    const third = await second.renew();
    assert.equal(third.whole, {}, 'the second run was ended before it called them whole');
    assert.equal(await readdir(join(dir, 'marker')), []);
    await third.release();
    assert.not(existsSync(join(dir, '.lock')));
  }));

test('a folder of a person’s own is refused, and nothing in it is touched', () =>
  inTempDirectory(async (dir) => {
    for (const name of ['run/precious', 'Makefile', 'a', 'b', 'c']) await put(join(dir, name));
    assert.match(await refusal(dir), /holds what is not this program’s and could be lost: .* and more\n/);
    assert.ok(existsSync(join(dir, 'run/precious')));
    assert.not(existsSync(join(dir, '.lock')));
  }));

test('a folder that a run has had before may hold other things, and they stay', () =>
  inTempDirectory(async (dir) => {
    await (await takeOutFolder(dir)).release();
    await put(join(dir, 'bench.json'));
    await (await takeOutFolder(dir)).release();
    assert.ok(existsSync(join(dir, 'bench.json')));
  }));

test('a folder in which bake has written markers by hand is taken', () =>
  inTempDirectory(async (dir) => {
    await put(join(dir, 'marker/d/index.json'));
    const out = await takeOutFolder(dir);
    assert.is(out.path, dir);
    assert.equal((await readdir(dir)).sort(), TAKEN);
    assert.equal(await readdir(join(dir, 'marker')), [], 'no run has called them whole');
    await out.release();
  }));

test('a folder where the file system makes none is refused at once', async () => {
  const message = await refusal('/proc/self/out');
  assert.match(message, / cannot take the outputs: it cannot be written \(ENOENT: /);
});

for (const [what, path] of [
  ['that is a file', 'file'],
  ['below a file', 'file/out'],
  ['with a name that is too long', 'x'.repeat(300)],
] as const) {
  test(`a folder ${what} cannot be written`, () =>
    inTempDirectory(async (dir) => {
      await put(join(dir, 'file'));
      const message = await refusal(join(dir, path));
      assert.match(message, / cannot take the outputs: it cannot be written \(E[A-Z]+: /);
      assert.match(message, '\n  name another folder with --out <folder>');
    }));
}

for (const separator of ['@', ':', ',', '"']) {
  test(`a path with ${separator} in it is refused before buildx reads it as something else`, () =>
    inTempDirectory(async (dir) => {
      assert.match(await refusal(join(dir, `job${separator}2`)), `to a path with "${separator}" in it`);
      assert.equal(await readdir(dir), []);
    }));
}

test('a folder that cannot be cleared is let go again', () =>
  inTempDirectory(async (dir) => {
    await put(join(dir, 'marker'));
    await put(join(dir, 'owner.json'));
    await mkdir(join(dir, '.platform-marker'));
    await takeOutFolder(dir).catch(() => undefined);
    assert.not(existsSync(join(dir, '.lock')));
  }));

test.run();
