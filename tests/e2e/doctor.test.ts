import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../lib/doctor/examine.ts';
import { good } from '../../lib/doctor/finding.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { hasToolPrefix } from '../../lib/engine/toolPrefix.ts';
import { leftIn } from './ownCache.ts';
import { writeProject } from './project.ts';
import { CLI, runVerb, UNDER_MAKE, withFolder } from './verbs.ts';

test('The own engine is tried: what it builds, exports and pulls, and that nothing foreign runs on it', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    assert.ok(hasToolPrefix());
    const TMPDIR = join(folder, 'tmp');
    await mkdir(TMPDIR);
    const list = async () => [await leftIn(TMPDIR), (await readdir(cacheFolder())).sort()];
    const before = await list();
    const { status, stdout, stderr } = await runVerb('doctor', { BUILDER: 'own', JSON: '1', TMPDIR }, folder);
    assert.is(status, 0, stderr);
    const { canVerify, builder, findings } = JSON.parse(stdout) as Diagnosis;
    assert.ok(canVerify);
    assert.match(builder ?? '', /^own engine/);
    const of = (topic: string) => findings.find((finding) => finding.topic === topic);
    for (const topic of [
      'node',
      'distros.yaml',
      'own engine',
      'store',
      'output',
      'emulators',
      'cache',
      'out',
    ])
      assert.is(of(topic)?.standing, 'good', `${topic}: ${of(topic)?.text ?? ''}`);
    assert.match(of('store')?.text ?? '', /^containerd image store/);
    assert.match(of('emulators')?.text ?? '', /2 of 2 foreign canaries refused/);
    assert.match(of('versions')?.text ?? '', /^Docker Engine \d.*, buildx \d/);
    assert.is(of('registry registry.invalid')?.standing, 'limited');
    assert.match(of('registry registry.invalid')?.text ?? '', /cannot be reached/);
    assert.equal(await list(), before, 'nothing is left behind');
  }));

/** Runs a test beside an engine that is up, with the environment in which `docker` is that engine’s. */
async function withDocker(
  use: (builder: Builder, env: Record<string, string>) => Promise<void>,
): Promise<void> {
  const builder = await keepOwnEngine({ say: () => undefined });
  try {
    await use(builder, {
      ...builder.env,
      PATH: `${dirname(builder.docker)}:${process.env['PATH'] ?? ''}`,
      JSON: '1',
    });
  } finally {
    await builder.stop();
  }
}

const find = (stdout: string, topic: string) =>
  (JSON.parse(stdout) as Diagnosis).findings.find((finding) => finding.topic === topic);

test('A Docker that cannot reach this machine’s loopback is said to, with a fix, and the own engine is used instead', () =>
  withDocker((_, env) =>
    withFolder(async (folder) => {
      const { status, stdout } = await runVerb('doctor', env, folder);
      assert.is(status, 0);
      assert.is(find(stdout, 'builder')?.standing, 'limited');
      assert.match(
        find(stdout, 'builder')?.text ?? '',
        /cannot pull from this machine’s loopback: .*containerd image store/,
      );
      assert.match(find(stdout, 'builder')?.fix ?? '', 'network=host');
      assert.match(find(stdout, 'own engine')?.text ?? '', /^is up, and would be used/);
    }),
  ));

test('A Docker that can do all is the one that would be used', () =>
  withDocker((builder, env) =>
    withFolder(async (folder) => {
      // On its own loopback, it is a Docker like any other.
      const [file = '', ...enter] = builder.enter;
      const { stdout } = await runCommand(file, [...enter, ...CLI, 'doctor'], {
        env: { ...UNDER_MAKE, ...env },
        cwd: folder,
      });
      assert.is((JSON.parse(stdout) as Diagnosis).builder, 'default (docker)');
      assert.equal(find(stdout, 'builder'), good('builder', 'default (docker) would be used'));
      assert.match(find(stdout, 'own engine')?.text ?? '', /^possible with BUILDER=own/);
      assert.is(find(stdout, 'output')?.standing, 'good');
    }),
  ));

test.run();
