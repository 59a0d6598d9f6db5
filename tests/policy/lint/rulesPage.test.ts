import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINT_RULES } from '../../../lib/policy/lint/checks.ts';
import { RULE_EXAMPLES } from '../../../lib/policy/lint/ruleExamples.ts';
import { rulesPage } from '../../../lib/policy/lint/rulesPage.ts';
import { lintText } from './lintText.ts';

const page = rulesPage();

test('Every lint rule has an example, and nothing else has one', () => {
  assert.equal(Object.keys(RULE_EXAMPLES).sort(), [...LINT_RULES.keys()].sort());
});

for (const [id, example] of Object.entries(RULE_EXAMPLES)) {
  if ('said' in example) continue;
  test(`The example of ${id} breaks that rule`, () => {
    assert.ok(lintText(example.policy).some(({ rule }) => rule === id));
  });
}

test('The page has every rule below its severity, with its documentation', () => {
  const [, errors = '', warnings = ''] = page.split(/^## (?:Errors|Warnings)$/m);
  for (const { id, severity, documentation } of LINT_RULES.values()) {
    const section = severity === 'error' ? errors : warnings;
    assert.ok(section.includes(`\n### ${id}\n\n${documentation}\n`), id);
  }
});

test('The committed page is the one that the rules give (else: `make generate`)', () => {
  assert.is(readFileSync(new URL('../../../docs/lint-rules.md', import.meta.url), 'utf8'), page);
});

test.run();
