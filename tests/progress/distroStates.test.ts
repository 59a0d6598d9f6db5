import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { followDistros, type DistroState } from '../../lib/progress/distroStates.ts';
import type { SolveStatus } from '../../lib/progress/solveStatus.ts';
import { statuses } from './captured.ts';

const DISTROS = ['azlinux3', 'debian-bookworm'];
const PROBES = ['probe-worker-context-azlinux3', 'probe-control-marker-bypassed-base-context'];
const NOTHING: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] };
const STARTED = '2026-11-24T06:00:00Z';
const step = (name: string, change: object = {}): SolveStatus => ({
  ...NOTHING,
  vertexes: [{ digest: name, name, started: STARTED, ...change }],
});
const brief = (states: readonly DistroState[]) =>
  states.map(({ name, state, doing, built, probes }) => `${name} ${state} ${built}/${probes} ${doing}`);

/** Follows a bake of one probe of a distro. */
const followed = () => {
  const states = followDistros(['a'], 1, 0);
  states.enter('probes', 0);
  return { states, bake: states.bake(['probe-base-context-a']) };
};

test('a real bake is followed from its first step to its last probe', async () => {
  const states = followDistros(DISTROS, 1, 0);
  assert.equal(brief(states.at(0)), [
    'azlinux3 waiting 0/1 looking for its base',
    'debian-bookworm waiting 0/1 looking for its base',
  ]);
  states.enter('probes', 10);
  const bake = states.bake(PROBES);
  const seen = new Map<string, Set<string>>();
  for (const [at, status] of (await statuses('probes')).entries()) {
    bake.status(status, 10 + at);
    for (const { name, doing } of states.at(10 + at))
      seen.set(name, (seen.get(name) ?? new Set()).add(doing));
  }
  assert.equal(brief(states.at(1000)), [
    'azlinux3 built 1/1 built',
    'debian-bookworm waiting 0/1 waiting',
    'controls built 1/1 built',
  ]);
  const of = (name: string) => [...(seen.get(name) ?? [])];
  assert.ok(of('azlinux3').includes('reading worker'));
  assert.ok(of('azlinux3').includes('exporting'));
  assert.ok(of('controls').includes('reading plain'));
  assert.equal(of('debian-bookworm'), ['waiting']);
  const [azlinux3] = states.at(1000);
  assert.ok(
    azlinux3 && azlinux3.elapsed > 0 && azlinux3.elapsed < 200,
    'time stands still once all is built',
  );
});

test('in a bake of a single target, which bake names nowhere, all steps are that target’s', async () => {
  const states = followDistros(DISTROS, 1, 0);
  states.enter('markers', 0);
  const bake = states.bake(['marker-debian-bookworm']);
  for (const status of await statuses('marker')) bake.status(status, 1);
  assert.equal(brief(states.at(2)), [
    'azlinux3 waiting 0/1 waiting',
    'debian-bookworm waiting 0/1 marker image built',
  ]);
});

test('a step that failed says so until there is another, and one that was cancelled does not', async () => {
  const states = followDistros(DISTROS, 3, 0);
  states.enter('probes', 0);
  const targets = ['probe-base-context-debian-bookworm', 'probe-base-context-azlinux3'];
  const bake = states.bake(targets);
  for (const status of await statuses('failed')) bake.status(status, 1);
  bake.end();
  const of = (name: string) => brief(states.at(1)).find((line) => line.startsWith(name));
  assert.is(of('debian'), 'debian-bookworm working 0/3 failed');
  assert.is(of('azlinux3'), 'azlinux3 waiting 0/3 waiting');
  states.bake(targets).status(step('[probe-base-context-debian-bookworm 1/2] RUN x'), 2);
  assert.is(of('debian'), 'debian-bookworm working 0/3 building RUN x');
});

test('the step that has run longest is shown, with its own time and how much of it has come', () => {
  const { states, bake } = followed();
  bake.status(step('[probe-base-context-a 1/2] FROM x:1'), 1_000);
  bake.status(step('[probe-base-context-a 2/2] RUN y'), 2_000);
  const layers = [1, 2].map((layer) => ({
    ...{ id: `sha256:${String(layer)}`, vertex: '[probe-base-context-a 1/2] FROM x:1' },
    ...{ current: 2e6 * layer, total: 1e7 },
  }));
  bake.status(
    {
      ...NOTHING,
      statuses: [...layers, { id: 'extracting', vertex: '[probe-base-context-a 1/2] FROM x:1' }],
    },
    3_000,
  );
  const [state] = states.at(5_000);
  assert.is(state?.doing, 'pulling x:1 6.0MB of 20.0MB');
  assert.is(state?.elapsed, 4_000);
  bake.status(step('[probe-base-context-a 1/2] FROM x:1', { completed: STARTED }), 5_000);
  assert.is(states.at(5_000)[0]?.doing, 'building RUN y');
});

test('the steps of a group are shown by its name', () => {
  const { states, bake } = followed();
  bake.status(
    step('[probe-base-context-a] exec 1', {
      progressGroup: { id: '1', name: '[probe-base-context-a] install packages' },
    }),
    1,
  );
  assert.is(states.at(1)[0]?.doing, 'install packages');
});

test('a bake that was ended leaves no step running', () => {
  const { states, bake } = followed();
  bake.status(step('[probe-base-context-a 2/2] RUN y'), 1);
  bake.end();
  assert.equal(brief(states.at(2)), ['a waiting 0/1 waiting']);
});

test('steps of one bake are not taken for those of another that goes on beside it', () => {
  const { states, bake } = followed();
  const other = states.bake(['probe-source-policy-a']);
  const name = '[probe-base-context-a] RUN y';
  bake.status(step(name), 1);
  other.status(step(name), 1);
  other.end();
  assert.is(states.at(2)[0]?.state, 'working');
});

test.run();
