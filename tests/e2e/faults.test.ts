import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { assertNothingLeft, makeOwnCache, type OwnCache } from './ownCache.ts';
import { runIn } from './faults/runIn.ts';
import { freePort, serveImages, writeImage } from './faults/servedImages.ts';
import { processesWith } from './processesWith.ts';
import { writeProject } from './project.ts';
import { cellsOf, readReport, runVerb, startVerb, withFolder, type Ended } from './verbs.ts';

const ROOT = process.getuid?.() === 0;
const NARROW = { WORKER_PATH: 'source-policy', PLATFORM: 'linux/arm64' };

/** What a person is to be told is in words: no stack, and nothing about a defect. */
function assertInWords({ stderr, stdout }: Ended): void {
  for (const text of [stderr, stdout]) {
    assert.not.match(text, /^\s+at .*:\d+:\d+\)?$/m);
    assert.not.match(text, 'this is a defect');
  }
}

/** Kills a daemon of the engine that a run has for itself. */
async function killEngine(own: OwnCache): Promise<void> {
  const daemons = (await processesWith(own.cache)).filter((line) => /^\d+ dockerd /.test(line));
  assert.is(daemons.length, 1, daemons.join('\n'));
  process.kill(Number.parseInt(daemons[0] ?? '', 10), 'SIGKILL');
}

test('An engine that is killed in the middle of a build is said so and started again once, and nothing half made is judged', () =>
  withFolder(async (folder) => {
    const own = await makeOwnCache(folder);
    const project = join(folder, 'project');
    await writeProject(project, ['one']);
    const killed = startVerb('verify', { ...own.variables, ...NARROW }, project);
    await killed.said(/building the workers/);
    await sleep(300);
    await killEngine(own);
    const right = await killed.ended;
    assert.is(right.status, 0, right.stdout + right.stderr);
    assert.match(right.stderr, 'the project’s own engine ended while it was needed');
    assert.match(right.stderr, 'starting it again, and building all of it again');
    assert.equal(cellsOf(await readReport(join(project, 'out'))), ['one source-policy linux/arm64 pass']);

    const twice = startVerb('verify', { ...own.variables, ...NARROW }, project);
    await twice.said(/building the workers/);
    await killEngine(own);
    await twice.said(/building all of it again[^]*building the workers/);
    await killEngine(own);
    const given = await twice.ended;
    assert.is(given.status, 3, given.stdout + given.stderr);
    assert.match(given.stderr, 'and it did so before, in this same run');
    assertInWords(given);
    assert.not(existsSync(join(project, 'out/report.json')));
    await assertNothingLeft(own, join(project, 'out'));
  }));

test('An engine that does not come up is told with the end of its log', () =>
  withFolder(async (folder) => {
    const own = await makeOwnCache(folder);
    const project = join(folder, 'project');
    await writeProject(project, ['one']);
    await mkdir(join(own.cache, 'engine'));
    for (const name of ['sealed', 'open']) await writeFile(join(own.cache, 'engine', name), 'no folder');
    const ended = await runVerb('verify', { ...own.variables, ...NARROW }, project);
    assert.is(ended.status, 3, ended.stderr);
    assert.match(ended.stderr, /own engine ended at once:\n[^]*canonical path points to a file/);
    assertInWords(ended);
    await assertNothingLeft(own, join(project, 'out'));
  }));

test('Of two runs with folders of their own one waits for the other’s engine, and can be ended while it waits', () =>
  withFolder(async (folder) => {
    const own = await makeOwnCache(folder);
    await writeProject(folder, ['one']);
    const start = (OUT: string) => startVerb('verify', { ...own.variables, ...NARROW, OUT }, folder);
    const first = start('out');
    await first.said(/building the marker images/);
    const second = start('out-2');
    const third = start('out-3');
    const waits = new RegExp(`another run \\(process id ${first.pid}\\) uses the engine; waiting`);
    await Promise.all([second.said(waits), third.said(waits)]);
    const asked = performance.now();
    third.signal('SIGTERM');
    assert.is((await third.ended).status, 143);
    assert.ok(performance.now() - asked < 6_000);
    assert.is((await first.ended).status, 0);
    const { status, stdout, stderr } = await second.ended;
    assert.is(status, 0, stdout + stderr);
    for (const out of ['out', 'out-2', 'out-3']) await assertNothingLeft(own, join(folder, out));
  }));

/** The process that serves the markers of a run with that folder for temporary files, once it listens. */
async function servingProcess(temporary: string): Promise<number> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    const serving = (await processesWith(temporary)).find((line) => line.includes('scripts/serve.ts'));
    const pid = Number.parseInt(serving ?? '', 10);
    // Loopback, port 5480, in the state LISTEN (proc(5)); the sockets are those of its network namespace.
    const sockets = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
    if (/ 0100007F:1568 \S+ 0A /.test(sockets)) return pid;
    await sleep(10);
  }
  throw new Error('no process serves the markers');
}

test('A marker registry that ends in the middle of a run is said so, nothing is judged, and the next run is right', () =>
  withFolder(async (folder) => {
    const { temporary, variables } = await makeOwnCache(folder);
    await writeProject(folder, ['one']);
    const own = { ...NARROW, TMPDIR: variables.TMPDIR };
    const run = startVerb('verify', own, folder);
    await run.said(/building the workers/);
    process.kill(await servingProcess(temporary), 'SIGKILL');
    const ended = await run.ended;
    assert.is(ended.status, 3, ended.stdout + ended.stderr);
    assert.match(
      ended.stderr,
      /error: the marker registry ended: .*nothing that was built meanwhile can be judged\n {2}run again/,
    );
    assertInWords(ended);
    assert.not(existsSync(join(folder, 'out/report.json')));
    assert.equal(await processesWith(temporary), []);
    const next = await runVerb('verify', own, folder);
    assert.is(next.status, 0, next.stdout + next.stderr);
  }));

test('out/ that is deleted during a run is told, and the next run is right', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const run = startVerb('verify', NARROW, folder);
    await run.said(/building the workers/);
    await rm(join(folder, 'out'), { recursive: true, force: true, maxRetries: 5 });
    const ended = await run.ended;
    assert.is(ended.status, 2, ended.stdout + ended.stderr);
    assert.match(ended.stderr, 'out was deleted, or another run has taken it, while this run went on');
    assertInWords(ended);
    const next = await runVerb('verify', NARROW, folder);
    assert.is(next.status, 0, next.stdout + next.stderr);
  }));

test('A clock that jumps to and fro costs no run its lock, its time limits or its verdicts', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const loaded = [import.meta.resolve('tsx'), new URL('faults/jumpingClock.ts', import.meta.url).href];
    const NODE_OPTIONS = loaded.map((file) => `--import=${file}`).join(' ');
    const run = startVerb('verify', { ...NARROW, NODE_OPTIONS }, folder);
    await run.said(/building the workers/);
    // Ctrl-Z: the lock is not touched meanwhile.
    run.signal('SIGSTOP');
    const second = await runVerb('verify', NARROW, folder);
    run.signal('SIGCONT');
    assert.is(second.status, 2, second.stderr);
    assert.match(second.stderr, `process id ${run.pid}`);
    const { status, stdout, stderr } = await run.ended;
    assert.is(status, 0, stdout + stderr);
    const { seconds, cells } = await readReport(join(folder, 'out'));
    for (const time of [seconds, ...cells.map((cell) => cell.seconds)]) assert.ok(time >= 0 && time < 600);
  }));

test('The engine’s socket, log and state are the user’s alone', async () => {
  const builder = await keepOwnEngine({ say: () => undefined });
  try {
    const socket = (builder.env['DOCKER_HOST'] ?? '').replace('unix://', '');
    for (const folder of [dirname(socket), join(cacheFolder(), 'engine')])
      assert.is((await stat(folder)).mode & 0o777, 0o700, folder);
    await readFile(join(dirname(socket), 'log'));
    if (!ROOT) return;
    const other = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    for (const name of ['log', 'docker.sock']) {
      const looked = await execa('setpriv', [...other, 'stat', join(dirname(socket), name)], {
        reject: false,
      });
      assert.match(looked.stderr, 'Permission denied');
    }
  } finally {
    await builder.stop();
  }
});

if (ROOT) {
  test('A disk that is full, of the outputs or of the engine, is told in words, and no cell passes', () =>
    withFolder(async (folder) => {
      await writeProject(folder, ['one']);
      await mkdir(join(folder, 'out'));
      const small = (size: string, at: string) => `mount -t tmpfs -o size=${size} none '${at}'`;
      const full = await runIn(['--mount'], small('64k', join(folder, 'out')), folder, NARROW);
      assert.ok(full.status === 1 || full.status === 2, full.stdout + full.stderr);
      assert.match(full.stderr + full.stdout, /no space left on (the )?device/i);
      assert.not.match(full.stdout, /^verified/m);
      assertInWords(full);

      const own = await makeOwnCache(folder);
      const state = join(own.cache, 'engine');
      await mkdir(state);
      const variables = { ...own.variables, ...NARROW };
      const engine = await runIn(['--mount'], small('1m', state), folder, variables);
      assert.ok(engine.status !== 0, engine.stdout + engine.stderr);
      assert.match(engine.stderr + engine.stdout, /no space left on device/i);
      assertInWords(engine);
      await assertNothingLeft(own, join(folder, 'out'));
    }));
} else process.stdout.write('skipped: a full disk: mounts a small one, which needs root\n');

test('A registry that corrupts a blob or stops in it costs its own distro alone, and the digest is named', () =>
  withFolder(async (folder) => {
    const names = ['sound', 'corrupt', 'cut'];
    const images = join(folder, 'images');
    for (const name of names) await writeImage(join(images, name));
    const port = await freePort();
    const bases = Object.fromEntries(names.map((name) => [name, `127.0.0.1:${port}/test/${name}:1`]));
    const project = join(folder, 'project');
    await writeProject(project, names, 'ARG BASE\nFROM ${BASE} AS worker\n', bases);
    const builder = await keepOwnEngine({ say: () => undefined });
    const served = await serveImages(images, port, builder);
    try {
      const { status, stdout, stderr } = await runVerb('verify', NARROW, project);
      assert.is(status, 1, stdout + stderr);
      const report = await readReport(join(project, 'out'));
      assert.equal(cellsOf(report), [
        'sound source-policy linux/arm64 pass',
        'corrupt source-policy linux/arm64 build-failed',
        'cut source-policy linux/arm64 build-failed',
      ]);
      const [sound, corrupt, cut] = report.cells;
      assert.is(sound?.base.kind, 'registry');
      const digest = await layerOf(join(images, 'corrupt'));
      assert.match(corrupt?.detail ?? '', new RegExp(`unexpected commit digest .*, expected ${digest}`));
      // BuildKit does not say which blob it was that stopped, nor, at the end of its log, of which image; the report does.
      assert.match(cut?.detail ?? '', /short read: expected \d+ bytes but got \d+: unexpected EOF/);
      assert.match(cut?.log ?? '', 'ERROR: short read');
      assert.is(cut?.base.ref, `127.0.0.1:${port}/test/cut:1`);
    } finally {
      await served.stop();
      await builder.stop();
    }
  }));

/** The digest of an image's one layer. */
async function layerOf(layout: string): Promise<string> {
  const read = async (digest: string) =>
    JSON.parse(await readFile(join(layout, 'blobs', ...digest.split(':')), 'utf8')) as {
      manifests: { digest: string }[];
      layers: { digest: string }[];
    };
  const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  const index = await read(manifests[0]?.digest ?? '');
  const manifest = await read(index.manifests[0]?.digest ?? '');
  return manifest.layers[0]?.digest ?? '';
}

test.run();
