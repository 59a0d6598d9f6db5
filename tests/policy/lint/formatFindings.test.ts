import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINT_RULES } from '../../../lib/policy/lint/checks.ts';
import { FINDING_FORMATS } from '../../../lib/policy/lint/formatFindings.ts';
import { lintPolicy } from '../../../lib/policy/lint/lint.ts';
import type { Finding } from '../../../lib/policy/lint/lint.ts';

const text = `{
  "version": 2,
  "rules": [{"action": "DENY", "selector": {"identifier": "https://*", "matchType": "EXACT"}}]
}`;
const findings = lintPolicy({ file: 'policies/a b.json', bytes: new TextEncoder().encode(text) });

function format(name: string, of: readonly Finding[] = findings): string {
  const formatter = FINDING_FORMATS[name];
  if (formatter === undefined) throw new Error(`there is no format ${name}`);
  return formatter(of);
}

test('text draws the place, and ends with how many there are', () => {
  assert.is(
    format('text'),
    `policies/a b.json:2:14: warning: there is no version of source policies but 1
  2 |   "version": 2,
    |              ^
  [unknown-version] The version of source policies is 1; BuildKit does not look at it.

policies/a b.json:3:72: error: BuildKit drops the key "matchType" of "selector" without a word (did you mean "match_type"?)
  3 |   "rules": [{"action": "DENY", "selector": {"identifier": "https://*", "matchType": "EXACT"}}]
    |                                                                        ^^^^^^^^^^^
  [unknown-key] BuildKit drops a key that it does not know without a word: the rule then means something else.

1 error, 1 warning; --fix mends 2
`,
  );
});

test('text says when there is nothing to say', () => {
  assert.is(format('text', []), 'nothing to complain about\n');
});

test('json has counts, places and corrections', () => {
  const parsed = JSON.parse(format('json')) as {
    errors: number;
    warnings: number;
    fixable: number;
    findings: unknown[];
  };
  assert.equal([parsed.errors, parsed.warnings, parsed.fixable], [1, 1, 2]);
  assert.equal(parsed.findings[1], {
    rule: 'unknown-key',
    severity: 'error',
    message: 'BuildKit drops the key "matchType" of "selector" without a word (did you mean "match_type"?)',
    documentation: LINT_RULES.get('unknown-key')?.documentation,
    file: 'policies/a b.json',
    line: 3,
    column: 72,
    endLine: 3,
    endColumn: 83,
    fix: {
      title: 'rename "matchType" to "match_type"',
      edits: [{ offset: 89, length: 11, text: '"match_type"' }],
    },
  });
});

test('github has a command for each finding, errors first, with what would end it escaped', () => {
  const awkward = { ...(findings[0] as Finding), file: 'a,b:c.json', message: '100%\r\nsure', next: 'a: b' };
  assert.is(
    format('github', [awkward, findings[1] as Finding]),
    `::error file=policies/a b.json,line=3,endLine=3,col=72,endColumn=83,title=unknown-key::BuildKit drops the key "matchType" of "selector" without a word (did you mean "match_type"?)
::warning file=a%2Cb%3Ac.json,line=2,endLine=2,col=14,endColumn=15,title=unknown-version::100%25%0D%0Asure%0Aa: b
`,
  );
});

test('sarif has every rule, and results with regions and corrections', () => {
  const log = JSON.parse(format('sarif')) as {
    version: string;
    runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
  };
  assert.is(log.version, '2.1.0');
  const [run] = log.runs;
  assert.is(run?.tool.driver.rules.length, LINT_RULES.size);
  const result = run?.results[1];
  assert.is(run?.tool.driver.rules[Number(result?.['ruleIndex'])]?.id, 'unknown-key');
  const artifactLocation = { uri: 'policies/a%20b.json' };
  const region = { startLine: 3, startColumn: 72, endLine: 3, endColumn: 83 };
  assert.equal(result?.['locations'], [{ physicalLocation: { artifactLocation, region } }]);
  assert.equal(result?.['fixes'], [
    {
      description: { text: 'rename "matchType" to "match_type"' },
      artifactChanges: [
        {
          artifactLocation,
          replacements: [{ deletedRegion: region, insertedContent: { text: '"match_type"' } }],
        },
      ],
    },
  ]);
});

test.run();
