import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { parsePolicy, requirePolicy } from '../../lib/policy/parsePolicy.ts';

const parse = (text: string) => parsePolicy('policies/a.json', new TextEncoder().encode(text));

test('gives the policy that BuildKit reads', () => {
  const { rules } = requirePolicy(parse('{"rules": [{"action": "DENY", "selector": {"identifier": "*"}}]}'));
  assert.equal(rules, [
    { action: 'DENY', selector: { identifier: '*', match_type: 'WILDCARD', constraints: [] } },
  ]);
});

test('every reason to refuse a file comes with its place and a drawing', () => {
  const file = parse('{\r\n  "rules": [\r\n    {"action": "deny"},\r\n    7\r\n  ]\r\n}');
  assert.throws(
    () => requirePolicy(file),
    (error: unknown) => {
      assert.instance(error, Fault);
      assert.is(
        (error as Fault).message,
        [
          'policies/a.json:3:16: "action" must be ALLOW, DENY or CONVERT, not "deny" (did you mean "DENY"?); BuildKit refuses the file',
          '3 |     {"action": "deny"},',
          '  |                ^^^^^^',
          'policies/a.json:4:5: a rule must be an object, not 7; BuildKit refuses the file',
          '4 |     7',
          '  |     ^',
        ].join('\n'),
      );
      return true;
    },
  );
});

test('null is no policy, although Go would read it as one', () => {
  assert.is(parse('null').policy, undefined);
});

test.run();
