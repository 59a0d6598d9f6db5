import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groupNames } from '../../lib/policy/groupNames.ts';

for (const [pattern, unnamed, numbers] of [
  ['(?P<a>x)(y)(?<a>z)(?<b>)', '(x)(y)(z)()', { a: [1, 3], b: [4] }],
  ['(?:x)(?i:y)(?P<a>z)', '(?:x)(?i:y)(z)', { a: [1] }],
  ['\\((?P<a>)[(?P<b>][](](?P<a>)', '\\(()[(?P<b>][](]()', { a: [1, 2] }],
  ['\\Q(?P<a>\\E(?P<b>)', '\\Q(?P<a>\\E()', { b: [1] }],
  ['[[:alpha:](](?P<a>)[^]\\](](?P<a>)', '[[:alpha:](]()[^]\\](]()', { a: [1, 2] }],
] as const) {
  test(`finds the named groups of ${pattern}`, () => {
    const names = groupNames(pattern);
    assert.equal([names.unnamed, Object.fromEntries(names.numbers)], [unnamed, numbers]);
  });
}

test.run();
