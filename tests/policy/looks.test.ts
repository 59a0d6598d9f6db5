import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NEWEST } from '../../lib/policy/behaviour.ts';
import { judgeAsBuild, SOME_DIGEST } from '../../lib/policy/looks.ts';
import { parsePolicy, requirePolicy } from '../../lib/policy/parsePolicy.ts';
import { newPatterns } from '../../lib/policy/patterns.ts';

function looks(rules: unknown[], identifier: string, attrs: Record<string, string> = {}) {
  const policy = requirePolicy(parsePolicy('p.json', new TextEncoder().encode(JSON.stringify({ rules }))));
  const source = { identifier, attrs: new Map(Object.entries(attrs)) };
  const found = judgeAsBuild([policy], source, { behaviour: NEWEST, patterns: newPatterns() });
  return found.map(({ when, source: { identifier, attrs }, outcome }) => ({
    when,
    identifier,
    attrs: Object.fromEntries(attrs),
    kind: outcome.kind,
  }));
}

const DENY_ALL = { action: 'DENY', selector: { identifier: '*' } };

test('an image is judged bare first, and then with the digest that it was found to have', () => {
  assert.equal(looks([], 'docker-image://a/b:1', { 'image.resolvemode': 'pull' }), [
    { when: 'resolve', identifier: 'docker-image://a/b:1', attrs: {}, kind: 'allowed' },
    {
      when: 'load',
      identifier: `docker-image://a/b:1@${SOME_DIGEST}`,
      attrs: { 'image.resolvemode': 'pull' },
      kind: 'allowed',
    },
  ]);
});

test('an ALLOW of a tag alone does not hold once the digest is there', () => {
  const allow = { action: 'ALLOW', selector: { identifier: 'docker-image://a/b:1' } };
  assert.equal(
    looks([DENY_ALL, allow], 'docker-image://a/b:1').map(({ kind }) => kind),
    ['allowed', 'denied'],
  );
});

test('a refusal ends it', () => {
  assert.equal(
    looks([DENY_ALL], 'docker-image://a/b:1').map(({ when }) => when),
    ['resolve'],
  );
});

test('an image that became something else is not looked at as an image again', () => {
  const convert = { action: 'CONVERT', selector: { identifier: '*' }, updates: { identifier: 'https://x' } };
  assert.equal(
    looks([convert], 'docker-image://a/b:1').map(({ when }) => when),
    ['resolve'],
  );
});

test('an OCI layout is judged twice, the second time as if it had not been the first', () => {
  const to = { identifier: 'docker-image://a/b:1' };
  const convert = { action: 'CONVERT', selector: { identifier: 'oci-layout://*' }, updates: to };
  const layout = `oci-layout://docker.io/library/worker@${SOME_DIGEST}`;
  assert.equal(
    looks([convert], layout).map(({ when, identifier }) => [when, identifier]),
    [
      ['resolve', layout],
      ['load', layout],
    ],
  );
  assert.equal(
    looks([DENY_ALL], layout).map(({ when }) => when),
    ['resolve'],
  );
});

test('what is neither is judged once', () => {
  assert.equal(looks([DENY_ALL], 'local://context'), [
    { when: 'load', identifier: 'local://context', attrs: {}, kind: 'denied' },
  ]);
});

test.run();
