import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintText } from './lintText.ts';

const found = (text: string) => lintText(text).map(({ rule, line, column }) => `${rule} ${line}:${column}`);

for (const [text, ...expected] of [
  ['{"rules": [{"action": "DENY"}]}', 'missing-selector 1:12'],
  ['{"rules": [null]}', 'missing-selector 1:12'],
  ['{"rules": [{"selector": null}]}', 'missing-selector 1:12'],
  ['{"rules": []}', 'no-rules 1:1'],
  ['{"version": 2, "rules": []}', 'no-rules 1:1', 'unknown-version 1:13'],
  [
    '{"rules": [{"action": "DENY", "selector": {"identifier": "https://*", "constraints": [{}]}}]}',
    'empty-constraint 1:87',
  ],
  [
    '{"rules": [{"action": "DENY", "selector": {"identifier": "https://*"}, "updates": {}}]}',
    'updates-ignored 1:83',
  ],
  ['{"version": 1, "rules": [{"action": "DENY", "selector": {"identifier": "https://*"}}]}'],
] as const) {
  test(`finds ${expected.join(' and ') || 'nothing'} in ${text}`, () => {
    assert.equal(found(text), expected);
  });
}

test.run();
