import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheSubfolder, makeOnce } from '../../lib/engine/cacheFolder.ts';

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-cache-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('What the cache holds is made once', () =>
  withFolder(async (folder) => {
    let times = 0;
    const make = async (work: string) => {
      times += 1;
      await writeFile(join(work, 'file'), 'x');
    };
    assert.is(await makeOnce(folder, 'thing', make), join(folder, 'thing'));
    await makeOnce(folder, 'thing', make);
    assert.is(times, 1);
    assert.equal(await readdir(join(folder, 'thing')), ['file']);
  }));

test('What could not be made leaves nothing', () =>
  withFolder(async (folder) => {
    const failing = makeOnce(folder, 'thing', () => Promise.reject(new Error('no')));
    assert.match(await failing.catch((error: unknown) => String(error)), /no/);
    assert.equal(await readdir(folder), []);
  }));

test('What a dead process left half made is taken away, and a living one’s is not', () =>
  withFolder(async (folder) => {
    const [dead, alive] = ['unfinished-999999999-abc', `unfinished-${process.pid}-abc`];
    for (const name of [dead, alive]) await mkdir(join(folder, name));
    await makeOnce(folder, 'thing', () => Promise.resolve());
    assert.equal((await readdir(folder)).sort(), ['thing', alive]);
  }));

test('Two at once end with one, and it is whole', () =>
  withFolder(async (folder) => {
    const make = async (work: string) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await writeFile(join(work, 'file'), 'x');
    };
    await Promise.all([makeOnce(folder, 'thing', make), makeOnce(folder, 'thing', make)]);
    assert.equal(await readdir(folder), ['thing']);
    assert.equal(await readdir(join(folder, 'thing')), ['file']);
  }));

test('A cache folder where the file system makes none is refused at once, by name', async () => {
  const given = process.env['PLATFORM_MARKER_CACHE'];
  process.env['PLATFORM_MARKER_CACHE'] = '/proc/self/cache';
  try {
    const refused = await cacheSubfolder('tools').catch((error: unknown) => String(error));
    assert.match(
      refused,
      /the cache folder \/proc\/self\/cache cannot be written \(ENOENT[^]*PLATFORM_MARKER_CACHE/,
    );
  } finally {
    if (given === undefined) delete process.env['PLATFORM_MARKER_CACHE'];
    else process.env['PLATFORM_MARKER_CACHE'] = given;
  }
});

test.run();
