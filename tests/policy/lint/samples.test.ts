import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleOf } from '../../../lib/policy/lint/samples.ts';
import { newPatterns } from '../../../lib/policy/patterns.ts';
import type { MatchType } from '../../../lib/policy/types.ts';
import { HUB } from './lintText.ts';

for (const [identifier, match_type, expected] of [
  [`${HUB}debian:12`, 'EXACT', `${HUB}debian:12`],
  [`${HUB}debian:*`, 'WILDCARD', `${HUB}debian:1`],
  [`${HUB}*`, 'WILDCARD', `${HUB}1:1`],
  ['*', 'WILDCARD', `${HUB}debian:1`],
  ['https://*', 'WILDCARD', 'https://1'],
  ['debian', 'WILDCARD', undefined],
  [`^${HUB}(golang|node):([0-9.]+)-slim$`, 'REGEX', `${HUB}golang:1-slim`],
  ['^docker-image://[^/]+/team/.*$', 'REGEX', 'docker-image://1/team/1'],
  ['(?:debian|ubuntu)', 'REGEX', `${HUB}debian:debian`],
  ['^https://a\\.b/\\d{4}/x?$', 'REGEX', undefined],
] as const) {
  test(`${match_type} ${identifier} takes ${expected ?? 'nothing that can be made up'}`, () => {
    const selector = { identifier, match_type: match_type satisfies MatchType, constraints: [] };
    assert.is(sampleOf(selector, newPatterns(), '1')?.identifier, expected);
  });
}

test('a sample carries the attributes that are asked for', () => {
  const constraints = [{ key: 'http.checksum', value: 'sha256:0', condition: 'EQUAL' as const }];
  const sample = sampleOf(
    { identifier: 'https://*', match_type: 'WILDCARD', constraints },
    newPatterns(),
    '1',
  );
  assert.is(sample?.attrs.get('http.checksum'), 'sha256:0');
});

test.run();
