import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RE2JS } from 're2js';
import { holdsPrefix, plainPrefix } from '../../lib/policy/plainRegex.ts';
import { randomFrom } from '../oracle/random.ts';
import { randomRegex } from '../oracle/sourcepolicy/randomPatterns.ts';

for (const [pattern, prefix, anchored, rest] of [
  [
    '^docker-image://docker\\.io/library/debian:(.*)$',
    'docker-image://docker.io/library/debian:',
    true,
    '(.*)$',
  ],
  ['^docker.io', 'docker?io', true, ''],
  ['debian', 'debian', false, ''],
  ['ab*c', 'a', false, 'b*c'],
  ['ab?', 'a', false, 'b?'],
  ['ab{2,3}', 'a', false, 'b{2,3}'],
  ['.*a', '', false, '.*a'],
  ['^a(b|c)d', 'a', true, '(b|c)d'],
  ['a|b', '', false, 'a|b'],
  ['^a|b', '', false, '^a|b'],
  ['[a-z]+x', '', false, '[a-z]+x'],
] as const) {
  test(`every match of ${pattern} starts with ${JSON.stringify(prefix)}`, () => {
    const characters = Array.from(prefix, (character) => (character === '?' ? undefined : character));
    assert.equal(plainPrefix(pattern), { characters, anchored, rest });
  });
}

test('a dot is one character, an astral one too', () => {
  const prefix = { characters: ['a', undefined, 'b'], anchored: true, rest: '' };
  assert.ok(holdsPrefix('a😀b', prefix));
  assert.ok(holdsPrefix('a.bc', prefix));
  assert.not(holdsPrefix('ab', prefix));
  assert.not(holdsPrefix('xaxb', prefix));
  assert.ok(holdsPrefix('xaxb', { ...prefix, anchored: false }));
});

for (const pattern of [
  'a**',
  '(a',
  'a)',
  '(?i)a',
  'a{2,1}',
  '(a){2}',
  'a{1000}',
  '\\b',
  'a$b',
  '($)',
  '[z-a]',
  '[]',
  '^^a',
  'é',
  '('.repeat(2000),
]) {
  test(`says nothing about ${pattern.slice(0, 10)}`, () => {
    assert.is(plainPrefix(pattern), undefined);
  });
}

test('never vouches for a pattern that RE2 refuses, nor for a prefix that a match lacks', () => {
  const random = randomFrom(76);
  let vouched = 0;
  for (let count = 0; count < 3000; count++) {
    const text = random.some(0, 5, () => random.pick(['a', 'b', ':', '/'])).join('');
    const pattern = randomRegex(random, [text]);
    const plain = plainPrefix(pattern);
    if (plain === undefined) continue;
    vouched++;
    assert.ok(!RE2JS.compile(pattern).test(text) || holdsPrefix(text, plain), pattern);
  }
  assert.ok(vouched > 300, `only ${vouched} patterns were plain`);
});

test.run();
