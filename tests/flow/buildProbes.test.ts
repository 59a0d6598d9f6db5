import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../lib/engine/builder.ts';
import type { BakeWorker } from '../../lib/bake/bakeData.ts';
import { buildProbes, type BuiltProbe } from '../../lib/flow/buildProbes.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';
import { bakeWorker } from './bakeWorker.ts';

const worker = (name: string, platforms = ['linux/amd64', 'linux/arm64']) => bakeWorker(name, { platforms });

/** Builds on a stand-in for the CLI; `script` answers each call of bake. */
const build = (
  script: string,
  workers: BakeWorker[],
  options: { timeout?: number; signal?: AbortSignal; together?: boolean } = {},
  machine: Partial<Builder> = {},
) =>
  withFakeDocker(
    script,
    async ({ builder, folder, calls }) => {
      const settings = {
        builder,
        bakeFile: 'docker-bake.hcl',
        stages: 'stages',
        run: folder,
        timeout: 60_000,
        say: () => undefined,
      };
      const built = await buildProbes([{ name: 'all', workers }], { ...settings, ...options });
      return { built, calls: await calls() };
    },
    machine,
  );

const outcomes = (built: readonly BuiltProbe[]) =>
  built.map(
    ({ worker: { name }, platform, outcome }) => `${name} ${platform} ${outcome.ok ? 'built' : 'failed'}`,
  );

test('A group that builds is built in one call', async () => {
  const { built, calls } = await build('exit 0', [worker('a'), worker('b')]);
  assert.is(calls.length, 1);
  assert.ok(built.every(({ outcome }) => outcome.ok));
  assert.is(built.length, 4);
});

test('On a builder of several machines each platform of a group is one call, into layouts of its own', async () => {
  const workers = [worker('a'), worker('b', ['linux/arm64'])];
  const { built, calls } = await build('exit 0', workers, {}, { nodes: [] });
  assert.is(calls.length, 2);
  assert.ok(calls.every((call) => /probe-a\.platform=linux\/(amd64|arm64) /.test(call)));
  assert.equal(built.map(({ layout, platforms }) => `${layout} ${platforms.join()}`).sort(), [
    'out/a/linux-amd64 linux/amd64',
    'out/a/linux-arm64 linux/arm64',
    'out/b/linux-arm64 linux/arm64',
  ]);
});

test('Very many workers are built in several calls, each with data of its own', async () => {
  const names = Array.from({ length: 40 }, (_, at) => `w${at}`);
  const { built, calls } = await build(
    'exit 0',
    names.map((name) => worker(name)),
  );
  assert.is(built.length, 80);
  assert.equal(
    calls.map((call) => call.split(' ').filter((word) => word.startsWith('probe-')).length).sort(),
    [32, 8],
  );
  assert.equal(calls.map((call) => /targets\/([^ ]*)/.exec(call)?.[1]).sort(), ['all-2.json', 'all.json']);
});

test('A worker that fails is told apart from those that only stood beside it', async () => {
  const { built } = await build('has probe-b && { echo "ERROR: b is broken"; exit 1; }; exit 0', [
    worker('a'),
    worker('b'),
  ]);
  assert.equal(outcomes(built).sort(), [
    'a linux/amd64 built',
    'a linux/arm64 built',
    'b linux/amd64 failed',
    'b linux/arm64 failed',
  ]);
});

test('A platform that fails is told apart from the other, in a layout of its own', async () => {
  const script =
    'case "$ALL" in *probe-a.platform=linux/amd64*) exit 0 ;; esac; echo "ERROR: no arm64"; exit 1';
  const { built } = await build(script, [worker('a')]);
  assert.equal(outcomes(built).sort(), ['a linux/amd64 built', 'a linux/arm64 failed']);
  const good = built.find(({ platform }) => platform === 'linux/amd64');
  assert.is(good?.layout, 'out/a/linux-amd64');
  assert.equal(good?.platforms, ['linux/amd64']);
});

test('A cache that the builder has lost a part of is built without, once', async () => {
  const lost = 'ERROR: failed to commit x to y during finalize: snapshot y does not exist: not found';
  const { built, calls } = await build(`has --no-cache && exit 0; echo "${lost}"; exit 1`, [
    worker('a'),
    worker('b'),
  ]);
  assert.ok(built.every(({ outcome }) => outcome.ok));
  assert.is(calls.length, 2);
});

test('What failed carries its own log', async () => {
  const { built } = await build('echo "ERROR: out of luck"; exit 1', [worker('a', ['linux/amd64'])]);
  const [outcome] = built.map((one) => one.outcome);
  assert.ok(outcome && !outcome.ok && outcome.log.includes('out of luck'));
});

test('A build that hangs is ended at the time limit, and said to have been', async () => {
  const { built } = await build('exec sleep 60', [worker('a', ['linux/amd64'])], { timeout: 100 });
  const [outcome] = built.map((one) => one.outcome);
  assert.ok(outcome && !outcome.ok && outcome.timedOut);
});

test('A cell that hangs takes no other with it, and is waited for twice at most', async () => {
  const script = 'has probe-b && case "$ALL" in *platform=linux/amd64*) ;; *) exec sleep 60 ;; esac; exit 0';
  const { built, calls } = await build(script, [worker('a'), worker('b')], { timeout: 500 });
  assert.equal(outcomes(built).sort(), [
    'a linux/amd64 built',
    'a linux/arm64 built',
    'b linux/amd64 built',
    'b linux/arm64 failed',
  ]);
  assert.is(calls.length, 1 + 4);
});

test('A subject that hangs everywhere is not waited for in every cell, and others of the group are built', async () => {
  const hanging = ['1', '2', '3', '4', '5', '6', '7', '8'].map((name) => worker(name));
  const control = worker('control-x');
  const script = 'case "$ALL" in *probe-[1-8].*|*" probe-1"*) exec sleep 60 ;; esac; exit 0';
  const { built, calls } = await build(script, [...hanging, control], { timeout: 500 });
  const said = built.flatMap(({ outcome }) => (outcome.ok ? [] : [outcome.timedOut ? 'hung' : outcome.log]));
  assert.is(said.filter((one) => one === 'hung').length, 8);
  assert.is(said.filter((one) => one.includes('the 8 cells of this subject before it')).length, 8);
  assert.equal(
    outcomes(built).filter((one) => one.startsWith('control')),
    ['control-x linux/amd64 built', 'control-x linux/arm64 built'],
  );
  assert.is(calls.length, 1 + 8 + 2);
});

test('Where a subject hangs for some distros, each of the others is waited for', async () => {
  const of = (name: string, distro: string) => ({ ...worker(name), args: { BASE: distro } });
  const hanging = ['1', '2', '3', '4'].map((name) => of(name, `bad-${name}`));
  const script = 'case "$ALL" in *probe-[1-4].*|*" probe-1"*) exec sleep 60 ;; esac; exit 0';
  const { built } = await build(script, [...hanging, of('5', 'good-5'), of('6', 'good-6')], { timeout: 500 });
  assert.equal(
    outcomes(built)
      .filter((one) => one.endsWith('built'))
      .sort(),
    ['5 linux/amd64 built', '5 linux/arm64 built', '6 linux/amd64 built', '6 linux/arm64 built'],
  );
});

/** Workers whose Dockerfile is there and can be built together with others. */
const joinable = (...names: string[]) =>
  names.map((name) =>
    bakeWorker(name, { context: 'stages', dockerfile: 'control.Dockerfile', target: 'honest' }),
  );
const step = (stage: string) => `echo "------"; echo " > [linux/arm64 ${stage} 1/2] RUN x:"; echo "------"`;

test('Workers of Dockerfiles are built in one solve, each with a folder of the layout', async () => {
  const { built, calls } = await build('exit 0', joinable('a', 'b'));
  assert.is(calls.length, 1);
  assert.match(calls[0] ?? '', /together-1\/bake\.json.* export-together-1$/);
  assert.equal(
    built.map(({ folder, target, platform }) => [folder, target, platform]),
    ['a', 'b'].flatMap((name) =>
      ['linux/amd64', 'linux/arm64'].map((platform) => [`/${name}`, 'together-1', platform]),
    ),
  );
  assert.is(new Set(built.map(({ layout }) => layout)).size, 1);
});

test('Of a solve that fails, those whose steps failed are built by themselves and the others together', async () => {
  const script = [
    'has probe-b && { echo "ERROR: b is broken"; exit 1; }',
    `grep -q "b\\.honest" "$FOLDER/together/together-1/Dockerfile" && { ${step('b.honest')}; exit 1; }`,
    'exit 0',
  ].join('\n');
  const { built, calls } = await build(script, joinable('a', 'b', 'c'));
  assert.equal(outcomes(built).sort(), [
    'a linux/amd64 built',
    'a linux/arm64 built',
    'b linux/amd64 failed',
    'b linux/arm64 failed',
    'c linux/amd64 built',
    'c linux/arm64 built',
  ]);
  assert.ok(built.every(({ worker: { name }, folder }) => (folder === '') === (name === 'b')));
  // All three; then a and c, and b as a whole and by platform.
  assert.is(calls.length, 2 + 3);
});

test('A base that is not to be had fails its own workers', async () => {
  const [a, b] = joinable('a', 'b').map((one) => ({
    ...one,
    args: { BASE: `docker.io/library/${one.name}:1` },
  }));
  assert.ok(a && b);
  const script = [
    'has probe-b && exit 1',
    'grep -q "FROM docker.io/library/b:1" "$FOLDER/together/together-1/Dockerfile" && {',
    'echo " > [internal] load metadata for docker.io/library/b:1:"; exit 1; }',
    'exit 0',
  ].join('\n');
  const { built } = await build(script, [a, b]);
  assert.equal(
    built
      .map(({ worker: { name }, folder, outcome }) => `${name} ${folder} ${outcome.ok ? 'built' : 'failed'}`)
      .sort(),
    ['a /a built', 'a /a built', 'b  failed', 'b  failed'],
  );
});

test('A solve that fails in nobody’s steps is built one by one', async () => {
  const { built, calls } = await build('has export-together-1 && exit 1; exit 0', joinable('a', 'b'));
  assert.ok(built.every(({ outcome, folder }) => outcome.ok && folder === ''));
  assert.is(calls.length, 1 + 2);
});

test('Workers whose steps fail time after time do not hold up the others for long', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const script = [
    'has export-together-1 || exit 0',
    'stage=$(sed -n "s/^FROM .* AS \\([a-g]\\)\\.honest$/\\1/p" "$FOLDER/together/together-1/Dockerfile" | head -n 1)',
    'echo " > [linux/arm64 $stage.honest 1/2] RUN x:"; exit 1',
  ].join('\n');
  const { built, calls } = await build(script, joinable(...names));
  assert.is(built.length, 14);
  assert.ok(built.every(({ outcome }) => outcome.ok));
  // One solve less with each failure, four times; then each by itself.
  assert.is(calls.length, 4 + names.length);
});

test('A solve that hangs is waited for once, and then its cells', async () => {
  const { built, calls } = await build('has export-together-1 && exec sleep 60; exit 0', joinable('a', 'b'), {
    timeout: 500,
  });
  assert.ok(built.every(({ outcome }) => outcome.ok));
  assert.is(calls.length, 1 + 4);
});

test('Workers for other platforms, of another context, or whose Dockerfile cannot be joined, are built in another call', async () => {
  const { calls } = await build('exit 0', [
    ...joinable('a', 'b'),
    bakeWorker('c', { context: 'stages', dockerfile: 'control.Dockerfile', platforms: ['linux/arm64'] }),
    worker('d'),
  ]);
  assert.equal(calls.map((call) => call.split(' ').at(-1)).sort(), [
    'export-together-1',
    'export-together-2',
    'probe-d',
  ]);
});

test('Workers that must have layouts of their own are not built together', async () => {
  const { built } = await build('exit 0', joinable('a', 'b'), { together: false });
  assert.equal([...new Set(built.map(({ layout }) => layout))], ['out/a', 'out/b']);
});

test('A run that is interrupted ends, and counts nothing as failed', async () => {
  const abort = new AbortController();
  const building = build('exec sleep 60', [worker('a')], { signal: abort.signal });
  setTimeout(() => {
    abort.abort();
  }, 50);
  const error = await building.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
});

test.run();
