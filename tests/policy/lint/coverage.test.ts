import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { covers } from '../../../lib/policy/lint/coverage.ts';
import { newPatterns } from '../../../lib/policy/patterns.ts';
import type { MatchType, Selector } from '../../../lib/policy/types.ts';

const selector = (identifier: string, match_type: MatchType): Selector => ({
  identifier,
  match_type,
  constraints: [],
});

for (const [wide, wideType, narrow, narrowType, expected] of [
  ['a*', 'WILDCARD', 'ab', 'EXACT', true],
  ['a*', 'WILDCARD', 'ab*', 'WILDCARD', true],
  ['a*', 'WILDCARD', 'a*', 'WILDCARD', true],
  ['ab*', 'WILDCARD', 'a*', 'WILDCARD', false],
  ['*a*', 'WILDCARD', 'b*a', 'WILDCARD', true],
  ['a*c', 'WILDCARD', 'ab*', 'WILDCARD', false],
  ['a', 'EXACT', 'a', 'WILDCARD', true],
  ['a*', 'EXACT', 'a*', 'WILDCARD', false],
  ['*', 'WILDCARD', '^a$', 'REGEX', true],
  ['.*', 'REGEX', 'a*', 'WILDCARD', true],
  ['^a', 'REGEX', 'ab', 'EXACT', true],
  ['^a', 'REGEX', 'ab*', 'WILDCARD', false],
  ['^a', 'REGEX', '^a', 'REGEX', true],
  ['a*', 'WILDCARD', '^a', 'REGEX', false],
] as const) {
  test(`${wideType} ${wide} ${expected ? 'covers' : 'is not known to cover'} ${narrowType} ${narrow}`, () => {
    assert.is(covers(selector(wide, wideType), selector(narrow, narrowType), newPatterns()), expected);
  });
}

test.run();
