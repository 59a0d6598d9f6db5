import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { emulatorFor, tryCanaries, type CanaryResult } from '../../lib/proof/canary.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

const BUILD = 'linux/amd64';
const native: CanaryResult = { platform: BUILD, op: BUILD, outcome: 'ran' };
const arm64 = (op: string, outcome: CanaryResult['outcome']): CanaryResult => ({
  platform: 'linux/arm64',
  op,
  outcome,
});

/** Runs the canaries on a stand-in for the CLI; `script` answers each build. */
const canaries = (script: string, platforms = [BUILD, 'linux/arm64']) =>
  withFakeDocker(script, async ({ builder, folder, calls }) => ({
    results: await tryCanaries({
      builder,
      platforms,
      folder: `${folder}/canaries`,
      dockerfile: 'canary.Dockerfile',
    }),
    calls: await calls(),
  }));

test('The native canary runs once, and a foreign one as an op of either platform, never from the cache', async () => {
  const { results, calls } = await canaries('exit 0');
  assert.equal(
    results.map(({ platform, op }) => `${platform} in ${op}`),
    ['linux/amd64 in linux/amd64', 'linux/arm64 in linux/amd64', 'linux/arm64 in linux/arm64'],
  );
  assert.is(calls.length, 3);
  assert.ok(calls.every((call) => call.includes('--no-cache')));
});

const NODES = [
  { name: 'one', platform: BUILD, buildPlatform: BUILD, env: { BUILDX_CONFIG: '/one' } },
  { name: 'two', platform: 'linux/arm64', buildPlatform: 'linux/arm64', env: { BUILDX_CONFIG: '/two' } },
];

test('On a builder of several machines they run on every one, which is reached alone, each with its own native one', () =>
  withFakeDocker(
    'echo "$BUILDX_CONFIG" >>"$FOLDER/reached"; exit 0',
    async ({ builder, folder }) => {
      const results = await tryCanaries({
        builder,
        platforms: [BUILD, 'linux/arm64'],
        folder: `${folder}/canaries`,
        dockerfile: 'canary.Dockerfile',
      });
      assert.equal(
        results.map(({ node, platform, op }) => `${node ?? ''}: ${platform} in ${op}`),
        [
          'one: linux/amd64 in linux/amd64',
          'one: linux/arm64 in linux/amd64',
          'one: linux/arm64 in linux/arm64',
          'two: linux/arm64 in linux/arm64',
          'two: linux/amd64 in linux/arm64',
          'two: linux/amd64 in linux/amd64',
        ],
      );
      const reached = (await readFile(`${folder}/reached`, 'utf8')).trim().split('\n');
      assert.equal(reached, ['/one', '/one', '/one', '/two', '/two', '/two']);
    },
    { nodes: NODES },
  ));

test('An emulator on a machine counts for what is built on machines of its platform, and names the machine', () => {
  const on = (node: string, result: CanaryResult): CanaryResult => ({ ...result, node });
  const clean = [native, arm64(BUILD, 'refused'), arm64('linux/arm64', 'refused')];
  const emulated = [native, arm64(BUILD, 'ran'), arm64('linux/arm64', 'ran')];
  const machines = [
    { name: 'one', platform: BUILD },
    { name: 'three', platform: BUILD },
  ];
  const both = [...clean.map((one) => on('one', one)), ...clean.map((one) => on('three', one))];
  assert.is(emulatorFor('linux/arm64', both, BUILD, machines), undefined);
  const one = [...clean.map((result) => on('one', result)), ...emulated.map((result) => on('three', result))];
  assert.match(emulatorFor('linux/arm64', one, BUILD, machines) ?? '', /^on node three: binfmt_misc has a/);
  const untried = clean.map((result) => on('one', result));
  assert.match(
    emulatorFor('linux/arm64', untried, BUILD, machines) ?? '',
    /^on node three: the native canary/,
  );
});

test('Only an exec format error of the canary itself is a refusal', async () => {
  const refused = await canaries('echo "exec /canary: exec format error" >&2; exit 1');
  assert.ok(refused.results.every(({ outcome }) => outcome === 'refused'));
  const crashed = await canaries('echo "process /canary did not complete: exit code: 139" >&2; exit 1');
  assert.ok(crashed.results.every(({ outcome }) => outcome === 'unknown'));
});

test('A platform that there is no canary for is unknown, and nothing is built for it', async () => {
  const { results, calls } = await canaries('exit 0', [BUILD, 'linux/sparc64']);
  assert.equal(
    results.slice(1).map(({ outcome }) => outcome),
    ['unknown', 'unknown'],
  );
  assert.is(calls.length, 1);
});

test('A builder that refuses every foreign canary has no emulator', () => {
  assert.is(
    emulatorFor('linux/arm64', [native, arm64(BUILD, 'refused'), arm64('linux/arm64', 'refused')], BUILD),
    undefined,
  );
});

test('A foreign canary that ran as a native op names binfmt_misc', () => {
  const all = [native, arm64(BUILD, 'ran'), arm64('linux/arm64', 'ran')];
  assert.match(emulatorFor('linux/arm64', all, BUILD) ?? '', /binfmt_misc has a handler for linux\/arm64/);
});

test('One that ran only as a foreign op names BuildKit’s own emulator', () => {
  const all = [native, arm64(BUILD, 'refused'), arm64('linux/arm64', 'ran')];
  assert.match(
    emulatorFor('linux/arm64', all, BUILD) ?? '',
    /BuildKit has an emulator of its own for linux\/arm64/,
  );
});

test('A canary that ended in an unknown way could have been emulated', () => {
  const all = [native, arm64(BUILD, 'unknown'), arm64('linux/arm64', 'refused')];
  assert.match(emulatorFor('linux/arm64', all, BUILD) ?? '', /could not be told/);
});

test('An emulator of one platform speaks against the cells of every other', () => {
  const all = [native, arm64(BUILD, 'ran'), arm64('linux/arm64', 'ran')];
  assert.match(emulatorFor('linux/amd64', all, BUILD) ?? '', /linux\/arm64/);
});

test('A canary of arm that ran on arm64 may be the processor’s doing: that counts against cells of arm alone', () => {
  const [build, arm] = ['linux/arm64', 'linux/arm/v7'];
  const of = (platform: string, op: string, outcome: CanaryResult['outcome']) => ({ platform, op, outcome });
  const ran = [of(build, build, 'ran'), of(arm, build, 'ran'), of(arm, arm, 'ran')];
  assert.match(emulatorFor(arm, ran, build) ?? '', /by its processor or by an emulator could not be told$/);
  assert.is(emulatorFor(build, ran, build), undefined);
  const refused = ran.map((one, at) => (at === 0 ? one : { ...one, outcome: 'refused' as const }));
  assert.is(emulatorFor(arm, refused, build), undefined);
});

test('A foreign platform of which no canary was tried is not taken for refused', () => {
  assert.match(emulatorFor('linux/arm64', [native], BUILD) ?? '', /no canary of linux\/arm64 was tried/);
  assert.is(emulatorFor(BUILD, [native], BUILD), undefined);
});

test('Canaries say nothing where the native one did not run, or none was tried', () => {
  assert.match(emulatorFor('linux/arm64', [{ ...native, outcome: 'unknown' }], BUILD) ?? '', /native canary/);
  assert.match(emulatorFor('linux/arm64', [], BUILD) ?? '', /native canary/);
});

test.run();
