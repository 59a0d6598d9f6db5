import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, convert, HUB, rule } from './lintText.ts';

const DENY_ALL = rule('DENY', '*');
const LOCAL = rule('ALLOW', 'local://*');
const found = (...rules: unknown[]) =>
  complaints(rules, 'allow-only', 'deny-forgets-local', 'allow-forgets-digest').map(
    (each) => each.split(':', 1)[0],
  );

test('a policy of ALLOW rules alone allows everything', () => {
  assert.equal(found(LOCAL, rule('ALLOW', `${HUB}*`)), ['allow-only@1']);
  assert.equal(found(LOCAL, rule('DENY', `${HUB}*`)), []);
  assert.equal(found(LOCAL, convert(`${HUB}a:1`, `${HUB}b:1`)), []);
});

for (const [what, all] of [
  ['a star', DENY_ALL],
  ['.*', rule('DENY', '.*', 'REGEX')],
  ['://', rule('DENY', '*://*')],
] as const) {
  test(`a DENY of ${what} forgets the contexts`, () => {
    assert.equal(found(all), ['deny-forgets-local@1']);
    assert.equal(found(all, LOCAL), []);
    assert.equal(found(LOCAL, all), ['deny-forgets-local@2']);
  });
}

test('allowing the context alone forgets the Dockerfile', () => {
  const [message] = complaints([DENY_ALL, rule('ALLOW', 'local://context')], 'deny-forgets-local');
  assert.match(message ?? '', 'denies local://dockerfile too');
});

test('a DENY of local sources by name is meant', () => {
  assert.equal(found(rule('DENY', 'local://*')), []);
});

test('an ALLOW of a tag under a DENY is denied once it has its digest', () => {
  const tag = rule('ALLOW', `${HUB}alpine:3`);
  assert.equal(found(DENY_ALL, LOCAL, tag), ['allow-forgets-digest@3']);
  assert.equal(found(DENY_ALL, LOCAL, tag, rule('ALLOW', `${HUB}alpine:3@*`)), []);
  assert.equal(found(DENY_ALL, LOCAL, tag, rule('ALLOW', `${HUB}*`)), []);
  assert.equal(found(rule('DENY', `${HUB}debian:*`), tag), []);
});

test('what a CONVERT takes away is not asked for with a digest', () => {
  const marker = 'docker-image://127.0.0.1:5000/m:1';
  const rules = [
    DENY_ALL,
    LOCAL,
    convert(`${HUB}a:1`, marker),
    rule('ALLOW', `${HUB}a:1`),
    rule('ALLOW', `${marker}*`),
  ];
  assert.equal(found(...rules), []);
});

test.run();
