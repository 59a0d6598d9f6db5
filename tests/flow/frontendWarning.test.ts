import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { frontendWarning } from '../../lib/flow/frontendWarning.ts';

const frontend = { source: { kind: 'frontend', frontend: 'example.org/f:1', buildFile: '' } } as const;
const versions = { buildx: '0.29.1', buildkit: 'Docker Engine 28.5.2' };
const dockerfile = { source: { kind: 'dockerfile', dockerfile: 'Dockerfile' } } as const;

for (const [buildkit, warns] of [
  ['v0.25.2', true],
  ['v0.9.3', true],
  ['v0.31.0', true],
  ['v0.31.1', true],
  ['v0.31.2-rc1', false],
  ['v0.31.2', false],
  ['v0.32.0+unknown', false],
  ['v1.0.0', false],
  ['v0.0.0+unknown', true],
  ['', true],
  [undefined, true],
] as const) {
  test(`a frontend on BuildKit ${String(buildkit)} is ${warns ? '' : 'not '}warned of`, () => {
    const builder = { versions, ...(buildkit === undefined ? {} : { buildkit }) };
    assert.is(frontendWarning(builder, frontend, false) !== undefined, warns);
  });
}

test('the warning names the version, the one that is safe, and what is wrong', () => {
  const warning = frontendWarning({ versions, buildkit: 'v0.25.2' }, dockerfile, true) ?? '';
  assert.match(warning, /BuildKit 0\.25\.2 .*before 0\.31\.2 .*GHSA-7236-3392-c5c6/);
});

test('a BuildKit that does not say which it is is named by its engine', () => {
  const warning = frontendWarning({ versions, buildkit: 'v0.0.0+unknown' }, frontend, false) ?? '';
  assert.match(warning, 'the BuildKit of Docker Engine 28.5.2, which does not say its version');
});

test('BuildKit’s own frontend is no foreign code', () => {
  assert.is(frontendWarning({ versions, buildkit: 'v0.25.2' }, dockerfile, false), undefined);
});

test.run();
