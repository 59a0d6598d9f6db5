import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mergePolicies, agrees } from '../../lib/flow/mergePolicies.ts';
import type { Member } from '../../lib/flow/joinProbes.ts';
import { parseImageRef } from '../../lib/matrix/imageRef.ts';
import { conversions, type Conversion } from '../../lib/policy/generatePolicy.ts';
import { bakeWorker } from './bakeWorker.ts';

const to = (distro: string) => `127.0.0.1:5480/marker/${distro}:latest`;

function member(name: string, rules: readonly Conversion[]): Member {
  const worker = bakeWorker(name);
  return { worker, group: { name, workers: [worker], policyFile: `${name}.json`, rules } };
}

const generated = (name: string, base = name) => member(name, conversions(parseImageRef(base), to(name)));
const names = (members: readonly Member[]) => members.map(({ worker: { name } }) => name);
const imagesOf = (members: readonly Member[], more: Record<string, string[]> = {}) =>
  new Map(members.map(({ worker: { name } }) => [name, more[name] ?? [`docker.io/library/${name}`]]));

test('Policies that do not touch each other’s sources are one', () => {
  const members = [generated('debian'), generated('ubuntu')];
  const [set, another] = mergePolicies(members, imagesOf(members));
  assert.is(another, undefined);
  assert.equal(names(set?.members ?? []), ['debian', 'ubuntu']);
  assert.is(set?.merged?.rules.length, 4);
});

test('A policy that touches another’s source is not merged with it', () => {
  const all = member('greedy', [
    {
      action: 'CONVERT',
      selector: { match_type: 'WILDCARD', identifier: 'docker-image://docker.io/library/ubuntu*' },
      updates: { identifier: `docker-image://${to('greedy')}` },
    },
  ]);
  const members = [all, generated('debian'), generated('ubuntu'), generated('fedora')];
  const sets = mergePolicies(members, imagesOf(members));
  const merged = sets.filter((set) => set.merged !== undefined).map((set) => names(set.members));
  const alone = sets.filter((set) => set.merged === undefined).map((set) => names(set.members));
  assert.not(merged.some((set) => set.includes('greedy') && set.includes('ubuntu')));
  assert.equal([...merged, ...alone].flat().sort(), ['debian', 'fedora', 'greedy', 'ubuntu']);
});

test('A distro that builds from another’s base too is built under its own policy', () => {
  const members = [generated('debian'), generated('ubuntu'), generated('fedora')];
  const images = imagesOf(members, { debian: ['docker.io/library/debian', 'ubuntu:latest'] });
  const sets = mergePolicies(members, images).map(({ members: some, merged }) => [
    names(some),
    merged === undefined ? 'own' : 'merged',
  ]);
  assert.equal(sets, [
    [['debian'], 'own'],
    [['ubuntu', 'fedora'], 'merged'],
  ]);
});

test('A source that only the build brings to light is held against both policies', () => {
  const members = [generated('debian'), generated('ubuntu')];
  const merged = mergePolicies(members, imagesOf(members))[0]?.merged;
  assert.ok(merged);
  const source = (name: string) => ({
    identifier: `docker-image://docker.io/library/${name}`,
    attrs: new Map(),
  });
  assert.ok(agrees(merged, 'debian', source('debian:latest')));
  assert.ok(agrees(merged, 'debian', source('busybox:latest')));
  assert.not(agrees(merged, 'debian', source('ubuntu:latest')));
  assert.not(agrees(merged, 'debian', source('ubuntu:latest@sha256:1')));
  assert.not(agrees(merged, 'nobody', source('busybox:latest')));
});

test('Members of one policy are left under it', () => {
  const { group } = generated('debian');
  const members = ['a', 'b'].map((name) => ({ worker: bakeWorker(name), group }));
  assert.equal(mergePolicies(members, new Map()), [{ members }]);
});

test.run();
