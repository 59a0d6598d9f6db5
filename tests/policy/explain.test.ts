import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../lib/policy/explain.ts';
import type { RuleReport } from '../../lib/policy/explain.ts';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';
import { cpuTimeOf } from './cpuTime.ts';

const parse = (text: string) => parsePolicy('p.json', new TextEncoder().encode(text));
const fileOf = (rules: unknown[]) => parse(JSON.stringify({ rules }, null, 1));

/** Why the only rule, with this selector, takes or does not take a source. */
function why(selector: unknown, asked: string, attrs: Record<string, string> = {}): string {
  const request = {
    asked,
    files: [fileOf([{ action: 'DENY', selector }])],
    attrs: new Map(Object.entries(attrs)),
  };
  return (explain(request).looks[0]?.passes[0]?.rules[0] as RuleReport).why;
}

const IMAGE = 'docker-image://docker.io/library/';

for (const [selector, asked, expected] of [
  [{ identifier: `${IMAGE}debian:12` }, 'debian:12', 'the same identifier'],
  [{ identifier: `${IMAGE}debian:*` }, 'debian:12', '* takes "12"'],
  [{ identifier: `${IMAGE}*:*` }, 'debian:12', '* number 1 takes "debian", * number 2 takes "12"'],
  [{ identifier: `${IMAGE}debian:11` }, 'debian:12', 'the rule has "11" where the source has "12"'],
  [{ identifier: `${IMAGE}debian:*` }, 'golang:12', 'the rule has "debian" where the source has "golang"'],
  [{ identifier: `${IMAGE}debian:12` }, 'debian:12-slim', 'the source goes on with "-slim"'],
  [
    { identifier: `${IMAGE}debian:12-slim` },
    'debian:12',
    'the source ends where the rule goes on with "-slim"',
  ],
  [{ identifier: '*:12-slim' }, 'debian:12', 'the source does not end in ":12-slim"'],
  [{ identifier: '*/debian*-slim' }, 'golang:12', '"/debian" does not come after ""'],
  [
    { identifier: `${IMAGE}*bian*-slim` },
    'debian:12',
    `the source does not end in "-slim" after "${IMAGE}debian"`,
  ],
  [{ identifier: 'https://*' }, 'debian:12', 'another kind of source: https, not docker-image'],
  [{ identifier: 'debian:12' }, 'debian:12', 'no scheme; the source starts with docker-image://'],
  [{ identifier: 'debian', match_type: 'REGEX' }, 'debian:12', 'the pattern is found in it'],
  [
    { identifier: 'library/golang:(.*)$', match_type: 'REGEX' },
    'debian:12',
    '"library/" is found, but "golang" does not follow',
  ],
  [
    { identifier: '^https://', match_type: 'REGEX' },
    'debian:12',
    'the source starts with nothing that "https" matches',
  ],
  [
    { identifier: 'zz|b:[0-9]$', match_type: 'REGEX' },
    'golang:xx',
    'no part of the source matches the pattern',
  ],
  [{ identifier: '(', match_type: 'REGEX' }, 'debian:12', 'error parsing regexp: missing closing ): `(`'],
  [
    { identifier: '*', constraints: [{ key: 'http.checksum', value: 'sha256:0' }] },
    'https://x/y',
    'attribute http.checksum is not set; the rule wants "sha256:0"',
  ],
] as const) {
  test(`${JSON.stringify(selector)} and ${asked}: ${expected}`, () => {
    assert.is(why(selector, asked), expected);
  });
}

test('attributes that a rule asked for and found are told too', () => {
  const selector = {
    identifier: 'https://*',
    constraints: [{ key: 'http.checksum', value: '^sha256', condition: 'MATCHES' }],
  };
  assert.is(
    why(selector, 'https://x', { 'http.checksum': 'sha256:00' }),
    '* takes "x"; http.checksum is "sha256:00"',
  );
});

test('rules come with their lines, in order, and those behind a change are counted', () => {
  const file = fileOf([
    {
      action: 'CONVERT',
      selector: { identifier: `${IMAGE}debian:12` },
      updates: { identifier: 'docker-image://m/x:1' },
    },
    { action: 'DENY', selector: { identifier: 'local://*' } },
  ]);
  const { looks, outcome } = explain({ asked: 'debian:12', files: [file] });
  assert.equal(
    looks[0]?.passes.map(({ identifier, rules, untried }) => [
      identifier,
      rules.map(({ line }) => line),
      untried,
    ]),
    [
      [`${IMAGE}debian:12`, [3], 1],
      ['docker-image://m/x:1', [3, 12], 0],
    ],
  );
  assert.equal(looks[0]?.passes[0]?.rules[0]?.update, { identifier: 'docker-image://m/x:1', attrs: {} });
  assert.ok(outcome.changed);
  assert.ok(outcome.identifier.startsWith('docker-image://m/x:1@sha256:'));
});

test('what older releases would do otherwise is told', () => {
  const exact = { identifier: `${IMAGE}debian:12`, match_type: 'EXACT' };
  const file = fileOf([
    { action: 'CONVERT', selector: exact, updates: { identifier: 'docker-image://m/x:1' } },
  ]);
  const { older } = explain({ asked: 'debian:12', files: [file] });
  assert.equal(
    older.map(({ before, outcome }) => [before, outcome.changed]),
    [['v0.31', false]],
  );
});

test('several policies are told apart by their files', () => {
  const files = ['a.json', 'b.json'].map((name) =>
    parsePolicy(name, new TextEncoder().encode('{"rules": [{"selector": {"identifier": "*"}}]}')),
  );
  const { looks } = explain({ asked: 'local://context', files });
  assert.equal(
    looks[0]?.passes[0]?.rules.map(({ file, rule }) => [file, rule]),
    [
      ['a.json', 1],
      ['b.json', 1],
    ],
  );
});

test('a loop is followed to its end', () => {
  const to = `${IMAGE}golang:\${1}-alpine`;
  const file = fileOf([
    { action: 'CONVERT', selector: { identifier: `${IMAGE}golang:*` }, updates: { identifier: to } },
  ]);
  const { looks, outcome } = explain({ asked: 'golang:1', files: [file] });
  assert.is(outcome.kind, 'too-many-changes');
  assert.is(looks[0]?.passes.length, 21);
});

test('10000 rules are explained within a second', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => ({
    action: 'CONVERT',
    selector: {
      identifier: index % 2 ? `${IMAGE}app-${index}:*` : `^${IMAGE}app-${index}:(.*)$`,
      match_type: index % 2 ? 'WILDCARD' : 'REGEX',
    },
    updates: { identifier: `docker-image://mirror.example/app-${index}:\${1}` },
  }));
  const text = JSON.stringify({ rules }, null, 1);
  const spent = cpuTimeOf(() => {
    assert.ok(explain({ asked: 'app-9998:1', files: [parse(text)] }).outcome.changed);
  });
  // Processor time counts the collector's and the compiler's threads in.
  assert.ok(spent < 2000, `${spent} ms`);
});

test.run();
