import { existsSync } from 'node:fs';
import { readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { assertNothingLeft, makeOwnCache, untilThere } from './ownCache.ts';
import { processesWith } from './processesWith.ts';
import { writeProject } from './project.ts';
import { cellsOf, readReport, runVerb, startMake, startVerb, withFolder, type Started } from './verbs.ts';

test('What a run that was killed left half-written is not judged, and the next run is right', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const out = join(folder, 'out');
    assert.is((await runVerb('verify', {}, folder)).status, 0);
    const killed = startVerb('verify', {}, folder);
    await killed.said(/building the workers/);
    await untilThere(join(out, 'run/together/together-1'), /^layout$/);
    killed.signal('SIGKILL');
    await killed.ended;

    assert.not.ok(existsSync(join(out, 'report.json')), 'the report of the run before is gone');
    const { status, stderr } = await runVerb('check', {}, folder);
    assert.is(status, 2);
    assert.match(
      stderr,
      /the last run ended before there was anything to judge; the report of the one before is .*report.previous.json/,
    );

    const next = await runVerb('verify', {}, folder);
    assert.is(next.status, 0, next.stdout + next.stderr);
    assert.ok((await readReport(out)).verified);
  }));

test('Of two runs at once in the same folder the second is refused and names the first, which goes on', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const first = startVerb('verify', {}, folder);
    await first.said(/building the marker images/);
    const second = await runVerb('verify', {}, folder);
    assert.is(second.status, 2, second.stderr);
    assert.match(second.stderr, `process id ${first.pid}`);
    assert.match(second.stderr, 'OUT=');
    const { status, stdout } = await first.ended;
    assert.is(status, 0, stdout);
    assert.is(cellsOf(await readReport(join(folder, 'out'))).length, 6);
  }));

/** Moments of a run at which it is told to end: each a while after something is there, or after a line that it says. */
const MOMENTS: {
  title: string;
  signal: NodeJS.Signals;
  until: (run: Started, temporary: string) => Promise<void>;
  after: number;
}[] = [
  {
    title: 'its engine starts',
    signal: 'SIGINT',
    until: (_, temporary) => untilThere(temporary, /^platform-marker-/),
    after: 0,
  },
  {
    title: 'its engine has come up',
    signal: 'SIGTERM',
    until: async (_, temporary) => {
      await untilThere(temporary, /^platform-marker-/);
      const [run = ''] = (await readdir(temporary)).filter((name) => name.startsWith('platform-marker-'));
      await untilThere(join(temporary, run), /^docker\.sock$/);
    },
    after: 0,
  },
  {
    title: 'it builds marker images',
    signal: 'SIGINT',
    until: saying(/building the marker images/),
    after: 0,
  },
  { title: 'it starts the registry', signal: 'SIGTERM', until: saying(/building the workers/), after: 0 },
  { title: 'it builds workers', signal: 'SIGINT', until: saying(/building the workers/), after: 700 },
];

function saying(line: RegExp): (run: Started) => Promise<void> {
  return (run) => run.said(line);
}

test('Ctrl-C and SIGTERM leave nothing, whatever the run is at, and the next run is right', () =>
  withFolder(async (folder) => {
    const own = await makeOwnCache(folder);
    await writeProject(join(folder, 'project'), ['one']);
    const out = join(folder, 'project/out');
    const narrow = { ...own.variables, WORKER_PATH: 'source-policy' };
    for (const { title, signal, until, after } of MOMENTS) {
      const run = startVerb('verify', narrow, join(folder, 'project'));
      await until(run, own.temporary);
      await sleep(after);
      // A terminal sends Ctrl-C to all of them, and what stops a service its signal to one.
      if (signal === 'SIGINT') run.signalGroup(signal);
      else run.signal(signal);
      const { status, stderr } = await run.ended;
      assert.is(status, signal === 'SIGINT' ? 130 : 143, `${title}: ${stderr}`);
      assert.match(stderr, signal === 'SIGINT' ? 'interrupted: cleaning up' : 'told to end: cleaning up');
      await assertNothingLeft(own, out);
      assert.not(existsSync(join(out, 'report.json')), title);
    }
    const next = await runVerb('verify', narrow, join(folder, 'project'));
    assert.is(next.status, 0, next.stdout + next.stderr);
    await assertNothingLeft(own, out);
  }));

test('Ctrl-C while the engine is fetched and while a base is made leaves nothing half made', () =>
  withFolder(async (folder) => {
    const own = await makeOwnCache(folder, []);
    const variables = { DISTRO: 'debian-bookworm', OUT: join(folder, 'out') };
    const interrupt = async (line: RegExp, meanwhile: () => Promise<void>) => {
      const run = startMake('verify', variables, own.variables);
      await run.said(line);
      await meanwhile();
      run.signalGroup('SIGINT');
      const { status, stderr } = await run.ended;
      // make is ended by the signal too, and has no status then.
      assert.ok(status !== 0, stderr);
      assert.match(stderr, 'interrupted: cleaning up');
      await assertNothingLeft(own, variables.OUT);
    };
    await interrupt(/fetching the engine/, () => sleep(1_000));
    await rm(join(own.cache, 'tools'), { recursive: true, force: true });
    await symlink(join(cacheFolder(), 'tools'), join(own.cache, 'tools'));
    await interrupt(/making a base of bookworm for linux\/amd64/, () => seeMmdebstrapApart(own.cache));
  }));

/**
 * Waits for mmdebstrap, and asserts that what it mounts goes with it, however it ends: left behind, it would be cleared
 * with the folder that it is in. Of another user than root it has namespaces of its own where it mounts anything.
 */
async function seeMmdebstrapApart(cache: string): Promise<void> {
  const find = async () =>
    (await processesWith(cache)).find((line) => /^\d+ \S*perl \S*mmdebstrap /.test(line));
  let found = await find();
  for (let tries = 0; found === undefined && tries < 200; tries += 1) {
    await sleep(50);
    found = await find();
  }
  assert.ok(found !== undefined, 'mmdebstrap runs');
  if (process.getuid?.() !== 0) return;
  const namespace = (pid: string) => readlink(`/proc/${pid}/ns/mnt`);
  assert.is.not(await namespace(found.split(' ')[0] ?? ''), await namespace('self'));
}

test.run();
