import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintText } from './lintText.ts';

/** The findings about keys, each as `lint rule: message [correction]`. */
const found = (text: string) =>
  lintText(text)
    .filter(({ rule }) => ['unknown-key', 'duplicate-key', 'key-case'].includes(rule))
    .map(({ rule, message, fix }) => `${rule}: ${message}${fix === undefined ? '' : ` [${fix.title}]`}`);

for (const [text, ...expected] of [
  [
    '{"rules": [{"selector": {"identifier": "*", "matchType": "EXACT"}}]}',
    'unknown-key: BuildKit drops the key "matchType" of "selector" without a word (did you mean "match_type"?) [rename "matchType" to "match_type"]',
  ],
  [
    '{"rules": [{"selector": {"identifier": "*", "matchType": "EXACT", "match_type": "REGEX"}}]}',
    'unknown-key: BuildKit drops the key "matchType" of "selector" without a word (did you mean "match_type"?)',
  ],
  [
    '{"rule": []}',
    'unknown-key: BuildKit drops the key "rule" of a policy without a word (did you mean "rules"?) [rename "rule" to "rules"]',
  ],
  [
    '{"rules": [{"selector": {"identifier": "*"}, "comment": "why"}]}',
    'unknown-key: BuildKit drops the key "comment" of a rule without a word; the keys of a rule are action, selector, updates',
  ],
  [
    '{"rules": [{"selector": {"identifier": "*", "constraints": [{"kei": "a"}]}}]}',
    'unknown-key: BuildKit drops the key "kei" of a constraint without a word (did you mean "key"?) [rename "kei" to "key"]',
  ],
  [
    '{"rules": [{"selector": {"identifier": "*"}, "updates": {"attr": {}}}]}',
    'unknown-key: BuildKit drops the key "attr" of "updates" without a word (did you mean "attrs"?) [rename "attr" to "attrs"]',
  ],
  [
    '{"Rules": [{"selector": {"IDENTIFIER": "*"}}]}',
    'key-case: the key "Rules" is taken for "rules" by BuildKit, and by nothing else [rename "Rules" to "rules"]',
    'key-case: the key "IDENTIFIER" is taken for "identifier" by BuildKit, and by nothing else [rename "IDENTIFIER" to "identifier"]',
  ],
  [
    '{"version": 1, "Version": 1, "rules": []}',
    'duplicate-key: the key "Version" is written before in the same object',
  ],
  [
    '{"rules": [{"selector": {"identifier": "*"}, "updates": {"attrs": {"a": "", "A": "", "a": ""}}}]}',
    'duplicate-key: the key "a" is written before in the same object',
  ],
] as const) {
  test(`finds the keys of ${text}`, () => {
    assert.equal(found(text), expected);
  });
}

test('lets the place of the schema stand in a policy, and nowhere else', () => {
  assert.equal(found('{"$schema": "x", "rules": []}'), []);
  assert.is(found('{"rules": [{"$schema": "x", "selector": {"identifier": "*"}}]}').length, 1);
});

test('looks at keys even where BuildKit refuses the file', () => {
  assert.is(found('{"rules": [{"action": "deny", "selctor": {}}]}').length, 1);
});

test.run();
