import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { processesWith } from './processesWith.ts';
import { writeProject } from './project.ts';
import { cellsOf, readReport, runVerb, startMake, startVerb, withFolder } from './verbs.ts';

test('What a run that was killed left half-written is not judged, and the next run is right', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const out = join(folder, 'out');
    assert.is((await runVerb('verify', {}, folder)).status, 0);
    const killed = startVerb('verify', {}, folder);
    await killed.said(/building the workers/);
    await untilThere(out, /^probe$/);
    killed.signal('SIGKILL');
    await killed.ended;

    assert.not.ok(existsSync(join(out, 'report.json')), 'the report of the run before is gone');
    const { status, stderr } = await runVerb('check', {}, folder);
    assert.is(status, 2);
    assert.match(stderr, 'no run has built probes yet');

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

/** Moments of a run at which Ctrl-C comes, each a while after the line that the run says. */
const moments = [
  { title: 'while its engine starts', said: undefined, after: 0 },
  { title: 'while it builds workers', said: /building the workers/, after: 700 },
];

for (const { title, said, after } of moments) {
  test(`Ctrl-C on a run ${title} leaves no process, mount, temporary folder or lock`, () =>
    withFolder(async (folder) => {
      const cache = join(folder, 'cache');
      const temporary = join(folder, 'tmp');
      await mkdir(cache);
      await mkdir(temporary);
      // Not fetched again: the programs of the engine, and no engine that is up.
      for (const name of ['tools', 'bases']) {
        await mkdir(join(cacheFolder(), name), { recursive: true });
        await symlink(join(cacheFolder(), name), join(cache, name));
      }
      const variables = { DISTRO: 'azlinux3', BUILDER: 'own', OUT: join(folder, 'out') };
      const environment = { PLATFORM_MARKER_CACHE: cache, TMPDIR: temporary };
      const run = startMake('verify', variables, environment);
      if (said === undefined) await untilThere(temporary, /^platform-marker-/);
      else await run.said(said);
      await sleep(after);
      run.signalGroup('SIGINT');
      const { status, stderr } = await run.ended;
      assert.ok(status !== 0, stderr);
      assert.match(stderr, 'interrupted: cleaning up');

      assert.equal(await processesWith(cache), []);
      assert.equal(
        (await readFile('/proc/self/mounts', 'utf8')).split('\n').filter((line) => line.includes(folder)),
        [],
      );
      // What the loader of TypeScript keeps there is its own.
      assert.equal(
        (await readdir(temporary)).filter((name) => !name.startsWith('tsx-')),
        [],
      );
      assert.not.ok(existsSync(join(folder, 'out.lock')));
      assert.not.ok(existsSync(join(folder, 'out/owner.json')));
      assert.equal(
        (await readdir(join(cache, 'engine'))).filter((name) => name !== 'sealed' && name !== 'open'),
        [],
      );
      assert.not.ok(existsSync(join(cache, 'engine.lock')));
    }));
}

async function untilThere(folder: string, name: RegExp): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await readdir(folder)).some((entry) => name.test(entry))) {
    if (Date.now() > deadline) throw new Error(`nothing called ${String(name)} came into ${folder}`);
    await sleep(20);
  }
}

test.run();
