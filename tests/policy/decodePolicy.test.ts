import { parseTree } from 'jsonc-parser';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePolicy } from '../../lib/policy/decodePolicy.ts';
import type { Problem } from '../../lib/policy/problem.ts';

/** What BuildKit makes of a text, and what it refuses of it. */
function decode(text: string) {
  const root = parseTree(text);
  if (root === undefined) throw new Error(`not JSON: ${text}`);
  const problems: Problem[] = [];
  return { policy: decodePolicy(root, { text, problems }), problems };
}

const rulesOf = (text: string) => decode(text).policy.rules;

test('fills in the defaults: ALLOW, WILDCARD, EQUAL and empty strings', () => {
  assert.equal(rulesOf('{"rules": [{"selector": {"constraints": [{}]}, "updates": {}}]}'), [
    {
      action: 'ALLOW',
      selector: {
        identifier: '',
        match_type: 'WILDCARD',
        constraints: [{ key: '', value: '', condition: 'EQUAL' }],
      },
      updates: { identifier: '', attrs: new Map() },
    },
  ]);
});

test('keys count in any letter case, and in the two foreign letters that fold to ASCII', () => {
  const [rule] = rulesOf(
    '{"RULES": [{"Action": "DENY", "\u017Felector": {"IDENTIFIER": "x", "Match_Type": 1}}]}',
  );
  assert.is(rule?.action, 'DENY');
  assert.equal([rule?.selector?.identifier, rule?.selector?.match_type], ['x', 'EXACT']);
});

test('matchType is dropped without a word', () => {
  const [rule] = rulesOf('{"rules": [{"selector": {"identifier": "x", "matchType": "EXACT"}}]}');
  assert.is(rule?.selector?.match_type, 'WILDCARD');
});

test('enums may be numbers, and null is the first name', () => {
  const rules = rulesOf('{"rules": [{"action": 2}, {"action": null}, {"action": -0}]}');
  assert.equal(
    rules.map(({ action }) => action),
    ['CONVERT', 'ALLOW', 'ALLOW'],
  );
});

test('a null rule is a rule without a selector, a null constraint one that always holds', () => {
  assert.equal(rulesOf('{"rules": [null]}'), [{ action: 'ALLOW' }]);
  const [rule] = rulesOf('{"rules": [{"selector": {"constraints": [null]}}]}');
  assert.equal(rule?.selector?.constraints, [{ key: '', value: '', condition: 'EQUAL' }]);
});

test('what is written twice is decoded onto the first', () => {
  const rules = rulesOf(
    '{"rules": [{"action": "DENY", "selector": {"identifier": "a", "match_type": "EXACT"}}, {"action": "DENY"}], "rules": [{"selector": {"identifier": "b"}}]}',
  );
  assert.equal(rules, [
    { action: 'DENY', selector: { identifier: 'b', match_type: 'EXACT', constraints: [] } },
  ]);
});

test('an array that was cut short and grows again finds its old elements, as a Go slice does', () => {
  const rules = rulesOf(
    '{"rules": [{"action": 1}, {"action": 1}], "rules": [{}], "rules": [{}, {}], "Rules": [null, {}]}',
  );
  assert.equal(
    rules.map(({ action }) => action),
    ['ALLOW', 'DENY'],
  );
});

test('half of a surrogate pair becomes U+FFFD', () => {
  const [rule] = rulesOf('{"rules": [{"selector": {"identifier": "a\\ud800b"}}]}');
  assert.is(rule?.selector?.identifier, 'a\uFFFDb');
});

test('an attribute may be called __proto__', () => {
  const [rule] = rulesOf('{"rules": [{"updates": {"attrs": {"__proto__": "x"}}}]}');
  assert.is(rule?.updates?.attrs.get('__proto__'), 'x');
});

for (const [text, rule, message] of [
  ['[]', 'wrong-type', 'a policy must be an object, not an array; BuildKit refuses the file'],
  ['{"version": 1.0}', 'wrong-type', '"version" must be a whole number, not 1.0; BuildKit refuses the file'],
  [
    '{"version": 9223372036854775808}',
    'wrong-type',
    '"version" must be a whole number, not 9223372036854775808; BuildKit refuses the file',
  ],
  ['{"rules": {}}', 'wrong-type', '"rules" must be an array, not an object; BuildKit refuses the file'],
  ['{"rules": ["x"]}', 'wrong-type', 'a rule must be an object, not "x"; BuildKit refuses the file'],
  [
    '{"rules": [{"selector": {"identifier": 1}}]}',
    'wrong-type',
    '"identifier" must be a string, not 1; BuildKit refuses the file',
  ],
  [
    '{"rules": [{"updates": {"attrs": {"a": true}}}]}',
    'wrong-type',
    'the attribute "a" must be a string, not true; BuildKit refuses the file',
  ],
  [
    '{"rules": [{"action": 3}]}',
    'wrong-type',
    '"action" must be ALLOW, DENY or CONVERT, not 3; BuildKit refuses the file',
  ],
  [
    '{"rules": [{"action": "deny"}]}',
    'bad-enum',
    '"action" must be ALLOW, DENY or CONVERT, not "deny" (did you mean "DENY"?); BuildKit refuses the file',
  ],
  [
    '{"rules": [{"selector": {"match_type": "REGEXP"}}]}',
    'bad-enum',
    '"match_type" must be WILDCARD, EXACT or REGEX, not "REGEXP" (did you mean "REGEX"?); BuildKit refuses the file',
  ],
] as const) {
  test(`refuses ${text}`, () => {
    assert.equal(
      decode(text).problems.map((problem) => [problem.rule, problem.message]),
      [[rule, message]],
    );
  });
}

test.run();
