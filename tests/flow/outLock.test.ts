import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
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

/** A lock as a run left it that did not end in order. */
async function leaveLock(folder: string, owner: object | string): Promise<void> {
  await mkdir(join(folder, '.lock'));
  await writeFile(join(folder, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
}

/** The number of a process that has been and gone. */
async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
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
    assert.match(message, 'name another folder with OUT=');
    await first.kill();
    assert.ok(existsSync(join(folder, '.lock')), 'it had no time to clean up');

    const started = performance.now();
    const release = await lockFolder(folder);
    assert.ok(performance.now() - started < 1_000);
    const { pid, host } = JSON.parse(await readFile(join(folder, 'owner.json'), 'utf8')) as {
      pid: number;
      host: string;
    };
    assert.equal([pid, host], [process.pid, hostname()]);
    await release();
  }));

test('what lets go of the folder leaves nothing in it, and it can be locked again', () =>
  inTempDirectory(async (folder) => {
    await (
      await lockFolder(folder)
    )();
    assert.equal(await readdir(folder), []);
    await (
      await lockFolder(folder)
    )();
  }));

test('of several runs that find a dead one’s lock, one alone gets the folder', () =>
  inTempDirectory(async (folder) => {
    await leaveLock(folder, { pid: await deadPid(), host: hostname(), since: 'long ago' });
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => lockFolder(folder)));
    const [got, ...more] = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    assert.ok(got);
    assert.equal(more, []);
    await got();
    assert.equal(await readdir(folder), []);
  }));

test('the process id of another host says nothing about this one', () =>
  inTempDirectory(async (folder) => {
    await leaveLock(folder, { pid: await deadPid(), host: 'elsewhere', since: 'today' });
    assert.match(await refusal(folder), / on elsewhere, since today, is using /);
  }));

test('a lock whose owner is not written yet is another run’s', () =>
  inTempDirectory(async (folder) => {
    await leaveLock(folder, '{"pid":');
    assert.match(await refusal(folder), /^another run is using /);
  }));

test.run();
