import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTROLS, controlWorker, type Control } from '../../lib/flow/controls.ts';
import type { Distro } from '../../lib/matrix/types.ts';
import { PATHS } from '../../lib/proof/verdict.ts';

const distro = {
  name: 'd',
  baseRef: 'docker.io/library/debian:bookworm',
  ref: { domain: 'docker.io', path: 'library/debian', tag: 'bookworm' },
  platforms: ['linux/arm64'],
} as unknown as Distro;
const worker = (control: Control, path: (typeof PATHS)[number]) =>
  controlWorker({ control, distro, path, marker: 'MARKER', plain: 'PLAIN', stages: 'stages', out: 'out' });

for (const control of CONTROLS) {
  test(`${control.name} is not meant to pass`, () => {
    assert.is.not(control.expects, 'pass');
  });

  test(`${control.name} has a target of its own for each path`, () => {
    const names = PATHS.map((path) => worker(control, path).name);
    assert.is(new Set(names).size, PATHS.length);
  });
}

test('The worker context replaces the stage that is built, but never the one that bypasses it', () => {
  for (const control of CONTROLS) {
    const { contexts, target } = worker(control, 'worker-context');
    assert.is(contexts[target] === 'MARKER', control.target !== 'bypassed', control.name);
  }
});

test('By source policy nothing in the target speaks of the marker image', () => {
  for (const control of CONTROLS) {
    assert.not(JSON.stringify(worker(control, 'source-policy')).includes('MARKER'), control.name);
  }
});

test('A worker pinned to the build platform is wrong only where that is another one', () => {
  const pinned = CONTROLS.find(({ name }) => name === 'pinned-platform');
  assert.ok(pinned?.appliesTo('linux/arm64', 'linux/amd64'));
  assert.not(pinned?.appliesTo('linux/amd64', 'linux/amd64'));
});

test.run();
