import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OLDEST } from '../../lib/policy/behaviour.ts';
import { evaluate } from '../../lib/policy/evaluate.ts';
import type { RuleStep } from '../../lib/policy/evaluate.ts';
import type { Action, AttrConstraint, MatchType, Policy, Rule } from '../../lib/policy/types.ts';

interface Options {
  match_type?: MatchType;
  constraints?: AttrConstraint[];
  to?: string;
  attrs?: Record<string, string>;
}

function rule(action: Action, identifier: string, options: Options = {}): Rule {
  const { match_type = 'WILDCARD', constraints = [], to, attrs } = options;
  const selector = { identifier, match_type, constraints };
  if (to === undefined && attrs === undefined) return { action, selector };
  return { action, selector, updates: { identifier: to ?? '', attrs: new Map(Object.entries(attrs ?? {})) } };
}

const policy = (...rules: Rule[]): Policy => ({ version: 1, rules });

function run(
  policies: Policy[],
  identifier: string,
  attrs: Record<string, string> = {},
  behaviour?: typeof OLDEST,
) {
  const source = { identifier, attrs: new Map(Object.entries(attrs)) };
  const outcome = evaluate(policies, source, behaviour === undefined ? {} : { behaviour });
  const { kind, changed, error } = outcome;
  return {
    kind,
    changed,
    error,
    to: outcome.source.identifier,
    attrs: Object.fromEntries(outcome.source.attrs),
  };
}

test('without a rule that matches the source is allowed', () => {
  assert.is(run([policy(rule('DENY', 'b'))], 'a').kind, 'allowed');
  assert.is(run([], 'a').kind, 'allowed');
});

test('the last ALLOW or DENY that matches wins', () => {
  assert.is(run([policy(rule('ALLOW', 'a'), rule('DENY', 'a'))], 'a').kind, 'denied');
  assert.is(run([policy(rule('DENY', '*'), rule('ALLOW', 'a'))], 'a').kind, 'allowed');
});

test("a denial is told in BuildKit's words", () => {
  assert.is(
    run([policy(rule('DENY', '*'))], 'a"b').error,
    'source "a\\"b" denied by policy: source denied by policy',
  );
});

test('each policy decides for itself, and the first to deny ends it', () => {
  assert.is(run([policy(rule('DENY', 'a')), policy(rule('ALLOW', 'a'))], 'a').kind, 'denied');
  assert.is(run([policy(rule('ALLOW', 'a')), policy(rule('DENY', 'a'))], 'a').kind, 'denied');
});

test('a conversion ends the pass, whatever denied before it', () => {
  assert.equal(run([policy(rule('DENY', 'a'), rule('CONVERT', 'a', { to: 'b' }))], 'a'), {
    kind: 'allowed', changed: true, error: undefined, to: 'b', attrs: {},
  }); // prettier-ignore
});

test('what a conversion made is judged by all policies again', () => {
  const outcome = run([policy(rule('DENY', 'b')), policy(rule('CONVERT', 'a', { to: 'b' }))], 'a');
  assert.equal([outcome.kind, outcome.changed, outcome.to], ['denied', true, 'b']);
});

test('a conversion that changes nothing lets the pass go on', () => {
  const outcome = run([policy(rule('CONVERT', 'a*', { to: 'a${1}' }), rule('DENY', 'ab'))], 'ab');
  assert.equal([outcome.kind, outcome.changed], ['denied', false]);
});

test('20 changes are followed, the 21st is too many', () => {
  const chain = (length: number) =>
    policy(...Array.from({ length }, (_, index) => rule('CONVERT', `a${index}`, { to: `a${index + 1}` })));
  assert.equal(run([chain(20)], 'a0').to, 'a20');
  const outcome = run([chain(21)], 'a0');
  assert.equal(
    [outcome.kind, outcome.to, outcome.error],
    ['too-many-changes', 'a21', 'too many mutations on a single source: too many operations'],
  );
});

test('captures of a wildcard go into the update', () => {
  const to = 'docker-image://mirror.example/${1}:$2-alpine';
  assert.is(
    run(
      [policy(rule('CONVERT', 'docker-image://docker.io/library/*:*', { to }))],
      'docker-image://docker.io/library/golang:1.22',
    ).to,
    'docker-image://mirror.example/golang:1.22-alpine',
  );
});

test('a REGEX replaces only the part that it matches', () => {
  const rules = policy(rule('CONVERT', 'debian', { match_type: 'REGEX', to: 'x' }));
  assert.is(
    run([rules], 'docker-image://docker.io/library/debian:12').to,
    'docker-image://docker.io/library/x:12',
  );
});

test('a selector that equals the identifier matches whatever its type', () => {
  assert.is(run([policy(rule('DENY', 'a+', { match_type: 'REGEX' }))], 'a+').kind, 'denied');
  assert.is(run([policy(rule('DENY', 'a*', { match_type: 'EXACT' }))], 'a*').kind, 'denied');
});

test('a bad pattern stops the source when a rule is reached, and no sooner', () => {
  const bad = policy(rule('CONVERT', 'a', { to: 'c' }), rule('ALLOW', '(', { match_type: 'REGEX' }));
  assert.is(
    run([bad], 'b').error,
    'error matching source policy: error parsing regexp: missing closing ): `(`',
  );
  assert.is(run([policy(rule('ALLOW', '('), rule('ALLOW', '**'))], 'b').kind, 'error');
});

test('an update without an identifier writes the selector, pattern and all', () => {
  const outcome = run([policy(rule('CONVERT', 'a*', { attrs: { x: '1' } }))], 'ab', { y: '2' });
  assert.equal([outcome.to, outcome.attrs], ['a*', { x: '1', y: '2' }]);
});

test('CONVERT without updates is an error', () => {
  assert.is(
    run([policy(rule('CONVERT', 'a'))], 'a').error,
    'error mutating source policy: missing destination for convert rule',
  );
});

test('a rule without a selector spoils the whole policy', () => {
  assert.is(
    run([policy(rule('ALLOW', 'a'), { action: 'DENY' })], 'a').error,
    'invalid nil selector in policy',
  );
});

for (const [condition, value, attr, matches] of [
  ['EQUAL', 'pull', 'pull', true],
  ['EQUAL', '', undefined, true],
  ['EQUAL', 'pull', undefined, false],
  ['NOTEQUAL', 'pull', undefined, true],
  ['NOTEQUAL', 'pull', 'pull', false],
  ['MATCHES', '^sha256:', 'sha256:00', true],
  ['MATCHES', '.', undefined, false],
] as const) {
  test(`an attribute of ${attr ?? 'nothing'} ${matches ? 'meets' : 'fails'} ${condition} "${value}"`, () => {
    const constraints = [{ key: 'k', value, condition }];
    const attrs = attr === undefined ? undefined : { k: attr };
    assert.is(
      run([policy(rule('DENY', '*', { constraints }))], 'a', attrs).kind,
      matches ? 'denied' : 'allowed',
    );
  });
}

test('an identifier that doubles with every change is given up on', () => {
  const doubling = policy(rule('CONVERT', '*', { to: '$1$1' }));
  assert.is(run([doubling], 'docker-image://docker.io/library/debian:bookworm').kind, 'too-long');
});

test('before v0.31 an EXACT conversion sets attributes and leaves the identifier', () => {
  const exact = policy(rule('CONVERT', 'a', { match_type: 'EXACT', to: 'b', attrs: { x: '1' } }));
  const outcome = run([exact], 'a', {}, OLDEST);
  assert.equal([outcome.to, outcome.attrs], ['a', { x: '1' }]);
});

test('before v0.26 rules with one selector share the constraints of the first', () => {
  const constraints = [{ key: 'x', value: '1', condition: 'EQUAL' as const }];
  const shared = policy(rule('ALLOW', 'a', { constraints }), rule('DENY', 'a'));
  assert.is(run([shared], 'a').kind, 'denied');
  assert.is(run([shared], 'a', {}, OLDEST).kind, 'allowed');
});

test('every rule that is tried is reported with what it did', () => {
  const steps: RuleStep[] = [];
  const policies = [policy(rule('ALLOW', 'x'), rule('CONVERT', 'a', { to: 'b' })), policy(rule('DENY', 'b'))];
  evaluate(policies, { identifier: 'a', attrs: new Map() }, { onRule: (step) => steps.push(step) });
  assert.equal(
    steps.map(({ pass, policy, rule, match }) => [pass, policy, rule, 'matched' in match && match.matched]),
    [
      [0, 0, 0, false],
      [0, 0, 1, true],
      [1, 0, 0, false],
      [1, 0, 1, false],
      [1, 1, 0, true],
    ],
  );
  assert.equal(steps[1]?.update, { source: { identifier: 'b', attrs: new Map() }, changed: true });
});

test.run();
