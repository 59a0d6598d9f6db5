import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convert, lintText, rule } from './lintText.ts';

function nextFor(written: Record<string, unknown>): string[] {
  return lintText(JSON.stringify({ rules: [written] }))
    .filter(({ rule }) => rule === 'unanchored-regex')
    .map(({ next }) => next ?? '');
}

for (const [pattern, held] of [
  ['debian', '^debian$'],
  ['^docker-image://', '^docker-image://$'],
  ['debian$', '^debian$'],
  ['^a|b$', '^(?:^a|b$)$'],
  ['^a|^b', '(?:^a|^b)$'],
  ['(?i)debian', '(?i)^debian$'],
  ['^a\\$', '^a\\$$'],
] as const) {
  test(`${pattern} would be held as ${held}`, () => {
    assert.equal(nextFor(rule('DENY', pattern, 'REGEX')), [
      `write "${held}", with .* where any text may stand`,
    ]);
  });
}

for (const pattern of [
  '^a$',
  '^(a|b)$',
  '.*debian.*',
  '^docker-image://.*',
  '(.*)',
  '',
  '\\Aa\\z',
  '(?i)^a$',
  '^a$|^b$',
  '^[|]$',
]) {
  test(`${JSON.stringify(pattern)} is held at both ends`, () => {
    assert.equal(nextFor(rule('DENY', pattern, 'REGEX')), []);
  });
}

test('a CONVERT is told that only a part is replaced', () => {
  const [finding] = lintText(JSON.stringify({ rules: [convert('debian', 'https://x', 'REGEX')] })).filter(
    ({ rule }) => rule === 'unanchored-regex',
  );
  assert.match(finding?.message ?? '', 'only the part that matches is replaced');
});

test.run();
