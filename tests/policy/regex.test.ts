import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PatternError } from '../../lib/policy/patternError.ts';
import { compileRegex } from '../../lib/policy/regex.ts';
import { cpuTimeOf } from './cpuTime.ts';

test('matches any part of the text', () => {
  assert.ok(compileRegex('debian').test('docker-image://docker.io/library/debian:bookworm'));
});

test('a dot takes no line break', () => {
  assert.not(compileRegex('^a.b').test('a\nb'));
  assert.not(compileRegex('a.b').test('a\nb'));
});

for (const [pattern, text, template, expected] of [
  ['a+', 'caaat', '<$0>', 'c<aaa>t'],
  ['x*', 'abc', '-', '-a-b-c-'],
  ['a*', 'baac', 'x', 'xbxcx'],
  ['^a', 'aaa', 'b', 'baa'],
  ['\\ba', 'aa a', 'x', 'xa x'],
  ['(?P<tag>[^:]+)$', 'debian:bookworm', '${tag}-slim', 'debian:bookworm-slim'],
  ['^(?:a(?P<t>x)|b(?P<t>y))$', 'by', '$t', 'y'],
  ['', '😀', '-', '-😀-'],
  ['^docker-image://(.*)$', 'https://x', 'y', 'https://x'],
] as const) {
  test(`replaces ${JSON.stringify(pattern)} in ${text} as Go does`, () => {
    assert.is(compileRegex(pattern).replaceAll(text, template), expected);
  });
}

for (const [pattern, error] of [
  ['(', 'error parsing regexp: missing closing ): `(`'],
  ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ['a\\1', 'error parsing regexp: invalid escape sequence: `\\1`'],
  ['a\\', 'error parsing regexp: trailing backslash at end of expression: ``'],
  ['a**', 'error parsing regexp: invalid nested repetition operator: `**`'],
] as const) {
  test(`refuses ${pattern} in the words of Go`, () => {
    assert.throws(
      () => compileRegex(pattern),
      (thrown: unknown) => thrown instanceof PatternError && thrown.message === error,
    );
  });
}

for (const pattern of ['(a*)*b', '(a|a)*b', '(a+a+)+b', `${'a?'.repeat(100)}${'a'.repeat(100)}b`]) {
  test(`${pattern.slice(0, 20)} cannot be made to backtrack`, () => {
    const spent = cpuTimeOf(() => {
      assert.not(compileRegex(pattern).test('a'.repeat(5000)));
    });
    assert.ok(spent < 1000, `${spent} ms`);
  });
}

test.run();
