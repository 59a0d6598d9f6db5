import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PatternError } from '../../lib/policy/patternError.ts';
import { compileWildcard, matchWildcard } from '../../lib/policy/wildcard.ts';
import { cpuTimeOf } from './cpuTime.ts';

const captures = (pattern: string, text: string) => matchWildcard(compileWildcard(pattern), text);

for (const [pattern, text, expected] of [
  ['docker.io/*/alpine:*', 'docker.io/library/alpine:latest', ['library', 'latest']],
  ['a*', 'a', ['']],
  ['*', '', ['']],
  ['a', 'a', []],
  ['*a*', 'xaya', ['xay', '']],
  ['a*b*c', 'abbcbc', ['bbc', '']],
  ['*aa*a', 'aaaa', ['a', '']],
  ['ab*ba', 'aba', undefined],
  ['a*a', 'a', undefined],
  ['*b', 'ab ', undefined],
  ['a.c*', 'abc', undefined],
  ['alpine:\\*', 'alpine:latest', undefined],
  ['a*', 'a\nb', undefined],
  ['a*\n*b', 'ax\nyb', ['x', 'y']],
] as const) {
  test(`${JSON.stringify(pattern)} takes ${JSON.stringify(expected ?? 'nothing')} from ${JSON.stringify(text)}`, () => {
    assert.equal(captures(pattern, text), expected);
  });
}

test("refuses two stars in a row in BuildKit's words", () => {
  assert.throws(
    () => compileWildcard('a**'),
    (error: unknown) =>
      error instanceof PatternError &&
      error.message === 'failed to translate wildcard "a**" to regexp: invalid wildcard: "**"',
  );
});

test('takes no time for many stars that almost match', () => {
  const spent = cpuTimeOf(() => {
    assert.is(captures(`${'*a'.repeat(2000)}b`, 'a'.repeat(20_000)), undefined);
  });
  assert.ok(spent < 200, `${spent} ms`);
});

test.run();
