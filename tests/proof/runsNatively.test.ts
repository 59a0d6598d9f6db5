import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runsNatively } from '../../lib/proof/runsNatively.ts';

const CASES: [platform: string, on: string, native: boolean][] = [
  ['linux/amd64', 'linux/amd64', true],
  ['linux/amd64/v3', 'linux/amd64', true],
  ['linux/386', 'linux/amd64', true],
  ['linux/amd64', 'linux/386', false],
  ['linux/arm64', 'linux/amd64', false],
  ['linux/arm/v7', 'linux/arm64', true],
  ['linux/arm64', 'linux/arm/v7', false],
  ['linux/amd64', 'windows/amd64', false],
  ['linux/riscv64', 'linux/amd64', false],
];

for (const [platform, on, native] of CASES) {
  test(`${platform} ${native ? 'runs' : 'does not run'} by itself on ${on}`, () => {
    assert.is(runsNatively(platform, on), native);
  });
}

test.run();
