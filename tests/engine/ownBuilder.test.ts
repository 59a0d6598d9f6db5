import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findBuilder } from '../../lib/engine/findBuilder.ts';
import { keepOwnEngine, stopKeptEngine, useOwnBuilder } from '../../lib/engine/ownBuilder.ts';
import { ping } from '../../lib/engine/ping.ts';
import { processStart } from '../../lib/engine/processLife.ts';
import { faultOf, withCache } from '../base/distro.ts';
import { withEnv } from '../withEnv.ts';
import { withFakeDocker } from './fakeDocker.ts';

/** What a CLI says that speaks to an engine which is up. */
const ANSWERS = `case "$*" in
  version) echo 'github.com/docker/buildx v0.29.1 abc' ;;
  inspect) printf 'Name: default\\nDriver: docker\\n' ;;
  version*) echo '28.5.2 linux/amd64' ;;
esac`;

/** An engine that answers and nothing else: a socket, a process and its record in the cache. */
interface FakeEngine {
  pid: number;
  run: string;
  record: string;
}

/** Runs a test beside such an engine; `change` is what its record says otherwise. */
async function withEngine(change: object, use: (engine: FakeEngine) => Promise<void>): Promise<void> {
  await withCache((cache) =>
    withFakeDocker(ANSWERS, async ({ builder }) => {
      const run = await mkdtemp(join(tmpdir(), 'platform-marker-'));
      const server = createServer((_, response) => response.end('OK'));
      const child = spawn('sleep', ['60']);
      try {
        await new Promise<void>((resolve) => server.listen(join(run, 'docker.sock'), resolve));
        const record = join(cache, 'engine/running.json');
        await mkdir(join(cache, 'engine'));
        const engine = {
          pid: child.pid ?? 0,
          run,
          docker: builder.docker,
          buildx: builder.docker,
          env: {},
        };
        const rest = { enter: ['nsenter'], sealed: true, keep: true };
        await writeFile(record, JSON.stringify({ ...engine, ...rest, ...change }));
        await use({ ...engine, record });
      } finally {
        child.kill('SIGKILL');
        server.closeAllConnections();
        server.close();
        await rm(run, { recursive: true, force: true });
      }
    }),
  );
}

const isRunning = (pid: number) => processStart(pid) !== undefined;
const silent = { say: () => undefined };

test('a kept engine is used by a run, and stays when the run ends', () =>
  withEngine({}, async ({ pid, record }) => {
    const builder = await useOwnBuilder(silent);
    const { kind, name, sealed, platform, enter, versions } = builder;
    assert.equal([kind, name, sealed, platform], ['own', 'own engine, sealed', true, 'linux/amd64']);
    assert.equal(versions, { buildx: '0.29.1', buildkit: 'Docker Engine 28.5.2' });
    assert.equal(enter, ['nsenter']);
    await builder.stop();
    assert.ok(isRunning(pid));
    assert.ok(existsSync(record));
    assert.is((await keepOwnEngine(silent)).name, 'own engine, sealed', 'nor is a second one started');
  }));

test('a kept engine is ended with its folder and its record', () =>
  withEngine({}, async ({ pid, run, record }) => {
    assert.is(await stopKeptEngine(), true);
    assert.equal([isRunning(pid), existsSync(run), existsSync(record)], [false, false, false]);
    assert.is(await stopKeptEngine(), false, 'and there is none to end any more');
  }));

test('an engine that a run has for itself is not ended under it', () =>
  withEngine({ keep: false }, async ({ pid, record }) => {
    assert.is(await stopKeptEngine(), false);
    assert.ok(isRunning(pid));
    assert.ok(existsSync(record));
  }));

for (const text of ['', '{"pid":1,']) {
  test(`a record of ${JSON.stringify(text)} is no engine’s, and no defect`, () =>
    withCache(async (cache) => {
      await mkdir(join(cache, 'engine'));
      await writeFile(join(cache, 'engine/running.json'), text);
      assert.is(await stopKeptEngine(), false);
    }));
}

test('where the engine has to be sealed, an open one that is up is refused with its reason', () =>
  withEngine({ sealed: false, unsealedBecause: 'mount: permission denied' }, async ({ pid }) => {
    const fault = await faultOf(findBuilder('sealed', () => undefined));
    assert.is(fault.exitStatus, 3);
    assert.match(fault.message, 'the engine cannot be sealed: mount: permission denied');
    assert.ok(isRunning(pid));
    assert.is((await findBuilder('own', () => undefined)).sealed, false, 'and taken where it need not be');
  }));

test('where the builder that is there cannot do the job, it is said why, and the own engine is used', () =>
  withEngine({}, async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const said: string[] = [];
      const builder = await findBuilder('auto', (line) => said.push(line));
      assert.is(builder.kind, 'own');
      assert.equal(said, ['no docker command is installed: using an engine of the project’s own']);
    } finally {
      process.env['PATH'] = path;
    }
  }));

test('a builder that a person has named is not replaced by another', () =>
  withEngine({}, async () => {
    await withEnv({ PATH: '/nonexistent', BUILDX_BUILDER: 'far' }, async () => {
      const fault = await faultOf(findBuilder('auto', () => undefined));
      assert.is(fault.exitStatus, 3);
      assert.match(
        fault.message,
        /^BUILDX_BUILDER=far cannot be used: no docker command is installed\n {2}name another builder, or leave BUILDX_BUILDER out/,
      );
      assert.is((await findBuilder('own', () => undefined)).kind, 'own');
    });
  }));

test('an engine that is kept up is the one of a shell whose Docker it is', () =>
  withEngine({ env: { DOCKER_HOST: 'unix:///kept.sock' } }, async () => {
    await withEnv({ PATH: '/nonexistent', DOCKER_HOST: 'unix:///kept.sock' }, async () => {
      const said: string[] = [];
      assert.is((await findBuilder('auto', (line) => said.push(line))).kind, 'own');
      assert.equal(said, []);
    });
  }));

test('an engine is up when it answers, and not when nothing listens or there is no socket', () =>
  withEngine({}, async ({ run }) => {
    assert.is(await ping(join(run, 'docker.sock')), true);
    assert.is(await ping(join(run, 'other.sock')), false);
    await writeFile(join(run, 'file'), '');
    assert.is(await ping(join(run, 'file')), false);
  }));

test.run();
