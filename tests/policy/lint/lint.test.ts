import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINT_RULES } from '../../../lib/policy/lint/checks.ts';
import { lintPolicy } from '../../../lib/policy/lint/lint.ts';
import { lintText } from './lintText.ts';

test('every lint rule has one line of documentation', () => {
  for (const { id, documentation } of LINT_RULES.values()) {
    assert.match(documentation, /^[^\n]{20,200}\.$/, id);
  }
});

test('findings come in the order of the text, with severity, place and documentation', () => {
  const text =
    '{\n  "rules": [\n    {"action": "DENY", "selector": {"identifier": "https://*", "matchType": "EXACT"}},\n    {}\n  ]\n}';
  assert.equal(
    lintText(text).map(({ rule, severity, line, column, endLine, endColumn }) => [
      rule,
      severity,
      line,
      column,
      endLine,
      endColumn,
    ]),
    [
      ['unknown-key', 'error', 3, 64, 3, 75],
      ['missing-selector', 'error', 4, 5, 4, 7],
    ],
  );
  assert.is(lintText(text)[0]?.documentation, LINT_RULES.get('unknown-key')?.documentation);
});

test("the project's own policies are beyond reproach", () => {
  const folder = new URL('../../../policies/', import.meta.url);
  const files = readdirSync(folder).filter((name) => /^[^.].*\.json$/.test(name));
  assert.ok(files.length > 0);
  for (const file of files) {
    assert.equal(lintPolicy({ file, bytes: readFileSync(new URL(file, folder)) }), []);
  }
});

test.run();
