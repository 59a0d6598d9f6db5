import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, lintText, rule } from './lintText.ts';

test('two stars in a row are refused, and mended where no capture counts them', () => {
  const text = JSON.stringify({ rules: [rule('DENY', 'https://a.b/***')] });
  const [finding] = lintText(text).filter(({ rule }) => rule === 'bad-wildcard');
  assert.is(finding?.fix?.edits[0]?.text, '"https://a.b/*"');
});

for (const [pattern, error, hint] of [
  [
    '^(?!docker).*$',
    'invalid or unsupported Perl syntax: `(?!`',
    'RE2 has no look-ahead: write a rule for what shall match and one for what shall not',
  ],
  [
    '(?<=a)b',
    'invalid named capture: `(?<=a)b`',
    'RE2 has no look-behind: write a rule for what shall match and one for what shall not',
  ],
  ['(a)\\1', 'invalid escape sequence: `\\1`', 'RE2 has no back references'],
  ['*', 'missing argument to repetition operator: `*`', 'a * needs something before it: any text is .*'],
  ['a{2000}', 'invalid repeat count: `{2000}`', 'RE2 repeats at most 1000 times'],
  ['[a', 'missing closing ]: `[a`', undefined],
] as const) {
  test(`${pattern} is refused in RE2's words, with a hint`, () => {
    const text = JSON.stringify({ rules: [rule('DENY', pattern, 'REGEX')] });
    const [finding] = lintText(text).filter(({ rule }) => rule === 'bad-regex');
    assert.ok(finding?.message.endsWith(`: error parsing regexp: ${error}`), finding?.message);
    assert.is(finding?.next, hint);
  });
}

test('expressions of constraints are looked at too', () => {
  const constraints = [{ key: 'http.checksum', value: '(', condition: 'MATCHES' }];
  const selector = { identifier: 'https://*', constraints };
  assert.is(complaints([{ action: 'DENY', selector }], 'bad-regex').length, 1);
});

test('an expression that would eat all memory is not tried', () => {
  const [message = ''] = complaints([rule('DENY', '(a|b)*'.repeat(2000), 'REGEX')], 'bad-regex');
  assert.match(message, 'this expression is too large to be tried');
});

test.run();
