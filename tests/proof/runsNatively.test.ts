import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mayRunNatively, needsEmulator, runsNatively } from '../../lib/proof/runsNatively.ts';

const CASES: [platform: string, on: string, native: boolean][] = [
  ['linux/amd64', 'linux/amd64', true],
  ['linux/amd64/v3', 'linux/amd64', true],
  ['linux/386', 'linux/amd64', true],
  ['linux/amd64', 'linux/386', false],
  ['linux/arm64', 'linux/amd64', false],
  ['linux/arm/v7', 'linux/arm64', false],
  ['linux/arm64', 'linux/arm/v7', false],
  ['linux/amd64', 'windows/amd64', false],
  ['linux/riscv64', 'linux/amd64', false],
];

for (const [platform, on, native] of CASES) {
  test(`${platform} ${native ? 'runs' : 'does not run'} by itself on ${on}`, () => {
    assert.is(runsNatively(platform, on), native);
  });
}

test('Of arm on arm64 it cannot be told whether the processor does it', () => {
  assert.ok(mayRunNatively('linux/arm/v7', 'linux/arm64'));
  assert.not(needsEmulator('linux/arm/v7', 'linux/arm64'));
  assert.ok(needsEmulator('linux/arm/v7', 'linux/amd64'));
  assert.not(mayRunNatively('linux/arm64', 'linux/arm64'));
  assert.not(mayRunNatively('linux/arm/v7', 'linux/amd64'));
  assert.not(mayRunNatively('linux/arm64', 'linux/amd64'));
});

test.run();
