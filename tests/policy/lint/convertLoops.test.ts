import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, convert, HUB, rule } from './lintText.ts';

const found = (...rules: unknown[]) => complaints(rules, 'convert-feeds-itself', 'convert-loop');
const image = (name: string) => `${HUB}${name}:1`;

test('a CONVERT that takes what it makes is shown what becomes of a source', () => {
  assert.equal(found(convert(`${HUB}golang:*`, `${HUB}golang:\${1}-alpine`)), [
    `convert-feeds-itself@1: what this rule makes it takes again: "${HUB}golang:1", then "${HUB}golang:1-alpine", then "${HUB}golang:1-alpine-alpine", then "${HUB}golang:1-alpine-alpine-alpine" and so on; BuildKit gives up after 20 changes`,
  ]);
});

test('a REGEX feeds itself too, and so does a doubling that outgrows every limit', () => {
  assert.is(found(convert(`^${HUB}(golang|node):(.*)$`, `${HUB}$1:$2-slim`, 'REGEX')).length, 1);
  assert.is(found(convert('https://*', 'https://$1$1')).length, 1);
});

test('rules that send a source round are named together, once', () => {
  const rules = [
    convert(image('a'), image('b')),
    rule('DENY', '*'),
    convert(image('b'), image('c')),
    convert(image('c'), image('a')),
  ];
  const [only, ...others] = found(...rules);
  assert.match(only ?? '', /^convert-loop@1: this rule and rules 3, 4 send a source round: /);
  assert.equal(others, []);
});

test('a rule that leads into a loop is no part of it', () => {
  const rules = [
    convert(image('x'), image('a')),
    convert(image('a'), image('b')),
    convert(image('b'), image('a')),
  ];
  assert.match(found(...rules).join(), /^convert-loop@2: this rule and rule 3 /);
});

test('a CONVERT to something fixed ends, even where it takes that again', () => {
  assert.equal(found(convert('docker-image://*', image('a'))), []);
  assert.equal(found(convert(`${HUB}golang:*`, 'docker-image://m.example/golang:$1')), []);
});

test.run();
