import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { processPlace, processStart } from '../../lib/engine/processLife.ts';
import { Fault } from '../../lib/fault/fault.ts';
import { lockFolder } from '../../lib/flow/outLock.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const MODULE = fileURLToPath(new URL('../../lib/flow/outLock.ts', import.meta.url));

/** A process that has locked a folder, and that does not end by itself. */
async function holder(folder: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(MODULE)});
    await lockFolder(${JSON.stringify(folder)});
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const child = spawn('node', ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A lock as a run left it that did not end in order, last touched so many seconds ago. */
async function leaveLock(folder: string, owner: object | string, untouched = 0): Promise<void> {
  const lock = join(folder, '.lock');
  await mkdir(lock);
  await writeFile(join(folder, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
  const touched = Date.now() / 1000 - untouched;
  await utimes(lock, touched, touched);
}

/** What a run of this machine says of itself that has been and gone. */
async function deadOwner(): Promise<object> {
  const child = spawn('true');
  await once(child, 'exit');
  return { pid: child.pid, started: '1', place: await processPlace(), host: hostname(), since: 'long ago' };
}

async function refusal(folder: string): Promise<string> {
  const error = await lockFolder(folder).catch((thrown: unknown) => thrown);
  assert.instance(error, Fault);
  assert.is((error as Fault).exitStatus, 2);
  return (error as Fault).message;
}

test('a second run is refused, by the process id of the first; when that is killed its lock is taken over at once', () =>
  inTempDirectory(async (folder) => {
    const first = await holder(folder);
    const message = await refusal(folder);
    assert.match(
      message,
      new RegExp(`^a run with process id ${first.pid}, since \\d{4}-.*, is using ${folder}\n`),
    );
    assert.match(message, 'name another folder with --out <folder>');
    await first.kill();
    assert.ok(existsSync(join(folder, '.lock')), 'it had no time to clean up');

    const started = performance.now();
    const { release } = await lockFolder(folder);
    // A lock that nobody touches is another's only after ten.
    assert.ok(performance.now() - started < 5_000);
    const { pid, host } = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as {
      pid: number;
      host: string;
    };
    assert.equal([pid, host], [process.pid, hostname()]);
    await release();
  }));

test('what lets go of the folder leaves nothing in it, and it can be locked again', () =>
  inTempDirectory(async (folder) => {
    for (let times = 0; times < 2; times += 1) {
      await (await lockFolder(folder)).release();
      assert.equal(await readdir(folder), []);
    }
  }));

test('of several runs that find a dead one’s lock, one alone gets the folder', () =>
  inTempDirectory(async (folder) => {
    await leaveLock(folder, await deadOwner());
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(folder)));
    const [got, ...more] = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    assert.ok(got);
    assert.equal(more, []);
    await got.release();
    assert.equal(await readdir(folder), []);
  }));

test('a dead run’s lock is taken over although its process id is another process’s by now', () =>
  inTempDirectory(async (folder) => {
    await leaveLock(folder, { ...(await deadOwner()), pid: process.pid });
    const lock = await lockFolder(folder);
    assert.ok(await lock.isHeld());
    const { pid, started } = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as {
      pid: number;
      started: string;
    };
    assert.equal([pid, started], [process.pid, processStart(process.pid)]);
    await lock.release();
    assert.equal(await readdir(folder), []);
  }));

test('a run that stands still keeps its folder, however long and whatever the clock says', () =>
  inTempDirectory(async (folder) => {
    const first = await holder(folder);
    process.kill(first.pid, 'SIGSTOP');
    try {
      for (const seconds of [3_600, -3_600]) {
        const touched = Date.now() / 1000 - seconds;
        await utimes(join(folder, '.lock'), touched, touched);
        assert.match(await refusal(folder), `process id ${first.pid}`);
      }
    } finally {
      await first.kill();
    }
  }));

const elsewhere: [what: string, owner: (dead: object) => object | string, says: RegExp][] = [
  [
    'on another machine',
    (dead) => ({ ...dead, place: 'another boot', host: 'elsewhere' }),
    / on elsewhere, since long ago, is using /,
  ],
  ['in another container of that name', (dead) => ({ ...dead, place: 'another container' }), /, is using /],
  ['that has not said who it is', () => '{"pid":', /^another run is using /],
];
for (const [what, owner, says] of elsewhere) {
  test(`the lock of a run ${what} is its own until it was not touched for ten seconds`, () =>
    inTempDirectory(async (folder) => {
      await leaveLock(folder, owner(await deadOwner()));
      assert.match(await refusal(folder), says);
      await rm(join(folder, '.lock'), { recursive: true });
      await leaveLock(folder, owner(await deadOwner()), 11);
      await (await lockFolder(folder)).release();
    }));
}

test('a folder that was deleted and taken by another run is held no more, and that run’s lock is left alone', () =>
  inTempDirectory(async (parent) => {
    const folder = join(parent, 'out');
    await mkdir(folder);
    const mine = await lockFolder(folder);
    assert.ok(await mine.isHeld());
    await rename(folder, join(parent, 'gone'));
    assert.not(await mine.isHeld());
    await mkdir(folder);
    const other = await holder(folder);
    try {
      assert.not(await mine.isHeld());
      await mine.release();
      assert.match(await refusal(folder), `process id ${other.pid}`);
    } finally {
      await other.kill();
    }
  }));

test.run();
