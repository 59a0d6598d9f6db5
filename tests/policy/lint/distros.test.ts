import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintPolicies } from '../../../lib/policy/lint/lint.ts';
import { convert, HUB, rule } from './lintText.ts';

const MARKER = '127.0.0.1:5480/marker/bookworm:latest';
const BASE = 'docker.io/library/debian:bookworm';
const bookworm = {
  distro: 'bookworm',
  baseRef: BASE,
  markerRef: MARKER,
  policyPath: 'policies/bookworm.json',
};

function found(files: Record<string, unknown[]>): string[] {
  const inputs = Object.entries(files).map(([file, rules]) => ({
    file,
    bytes: new TextEncoder().encode(JSON.stringify({ rules })),
  }));
  const ids = ['policy-without-distro', 'distro-without-policy', 'base-misses-marker'];
  return lintPolicies(inputs, [bookworm])
    .filter(({ rule }) => ids.includes(rule))
    .map(({ file, rule, message }) => `${file} ${rule}: ${message}`);
}

const good = [convert(`${HUB}debian:bookworm`, `docker-image://${MARKER}`)];

test('a policy that leads from base to marker is fine', () => {
  assert.equal(found({ 'policies/bookworm.json': good }), []);
});

test('a policy of no distro and a distro without a policy are told', () => {
  assert.equal(found({ 'policies/bokworm.json': good }), [
    'policies/bokworm.json policy-without-distro: no distro uses this policy; there are bookworm',
    'policies/bookworm.json distro-without-policy: the distro bookworm has no policy: this file is missing',
  ]);
});

for (const [what, rules, ends] of [
  [
    'another base',
    [convert(`${HUB}debian:trixie`, `docker-image://${MARKER}`)],
    `ends at docker-image://${BASE}`,
  ],
  [
    'another marker',
    [convert(`${HUB}debian:bookworm`, 'docker-image://127.0.0.1:5480/marker/trixie:latest')],
    'ends at docker-image://127.0.0.1:5480/marker/trixie:latest',
  ],
  [
    'a marker that is denied with its digest',
    [rule('DENY', '*'), rule('ALLOW', `docker-image://${MARKER}`), ...good],
    `ends with "source "docker-image://${MARKER}@sha256:${'0'.repeat(64)}" denied by policy: source denied by policy"`,
  ],
] as const) {
  test(`a base that never reaches its marker: ${what}`, () => {
    assert.equal(found({ 'policies/bookworm.json': [...rules] }), [
      `policies/bookworm.json base-misses-marker: the base of bookworm never reaches its marker: docker-image://${BASE} ${ends}`,
    ]);
  });
}

test.run();
