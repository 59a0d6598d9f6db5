import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, convert, HUB, rule } from './lintText.ts';

const found = (...rules: unknown[]) => complaints(rules, 'shadowed', 'overruled');
const mirror = convert(`${HUB}*`, 'docker-image://m.example/${1}');

test('a rule behind a CONVERT of everything that it matches is never reached', () => {
  const expected = (at: number) =>
    `shadowed@${at}: rule 1 (line 2) converts everything that this rule matches before it gets here`;
  assert.equal(
    found(mirror, rule('DENY', `${HUB}debian:*`), convert(`${HUB}debian:12`, 'docker-image://x.example/a:1')),
    [expected(2), expected(3)],
  );
});

test('a rule about what a CONVERT makes is reached', () => {
  const all = convert('docker-image://*', 'docker-image://m.example/a:1');
  assert.equal(found(all, rule('DENY', 'docker-image://m.example/a:1')), []);
  assert.equal(found(mirror, rule('DENY', 'docker-image://m.example/*')), []);
});

test('a CONVERT that changes nothing hides nothing', () => {
  assert.equal(found(convert(`${HUB}debian:*`, `${HUB}debian:$1`), rule('DENY', `${HUB}debian:12`)), []);
});

test('an exception before the rule that it is an exception from is overruled', () => {
  assert.equal(found(rule('ALLOW', `${HUB}debian:12`), rule('DENY', '*')), [
    'overruled@1: rule 2 (line 3) matches everything that this rule does and comes later: its DENY wins',
  ]);
  assert.equal(found(rule('DENY', '*'), rule('ALLOW', `${HUB}debian:12`)), []);
});

test('a rule written twice is overruled the first time', () => {
  assert.is(found(rule('DENY', 'https://*'), rule('DENY', 'https://*')).length, 1);
});

test('a rule with constraints does not cover one without', () => {
  const constrained = {
    action: 'DENY',
    selector: { identifier: '*', constraints: [{ key: 'http.checksum', value: '' }] },
  };
  assert.equal(found(rule('ALLOW', 'https://a/*'), constrained), []);
});

test.run();
