import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { behaviourOf, NEWEST, OLDEST } from '../../lib/policy/behaviour.ts';

for (const [version, behaviour] of [
  ['v0.25.2', OLDEST],
  ['0.26.0', { exactConverts: false, ownConstraints: true }],
  ['v0.30.0', { exactConverts: false, ownConstraints: true }],
  ['v0.31.0', NEWEST],
  ['v1.0.0', NEWEST],
  ['dev', NEWEST],
] as const) {
  test(`knows what BuildKit ${version} does`, () => {
    assert.equal(behaviourOf(version), behaviour);
  });
}

test.run();
