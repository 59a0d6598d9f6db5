import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, convert, HUB, lintText, rule } from './lintText.ts';

const attrs = { 'image.resolvemode': 'pull' };

test('a CONVERT needs updates', () => {
  assert.equal(complaints([rule('CONVERT', `${HUB}debian:12`)], 'convert-without-updates'), [
    'convert-without-updates@1: this CONVERT has no updates; every source that it matches fails the build: "missing destination for convert rule"',
  ]);
});

for (const [what, written] of [
  ['the same identifier', convert(`${HUB}debian:12`, `${HUB}debian:12`)],
  ['what the star took', convert(`${HUB}debian:*`, `${HUB}debian:\${1}`)],
  ['what the groups took', convert(`^(docker-image://.*):(.*)$`, '$1:$2', 'REGEX')],
  ['no identifier at all', { ...rule('CONVERT', `${HUB}debian:12`), updates: {} }],
] as const) {
  test(`a CONVERT that writes ${what} changes nothing`, () => {
    assert.is(complaints([written], 'convert-changes-nothing').length, 1);
  });
}

test('a CONVERT of one of many sources to itself changes the others', () => {
  assert.equal(complaints([convert(`${HUB}debian:*`, `${HUB}debian:1`)], 'convert-changes-nothing'), []);
});

test('attributes alone are a change', () => {
  const updates = { attrs };
  assert.equal(
    complaints([{ ...rule('CONVERT', `${HUB}debian:12`), updates }], 'convert-changes-nothing'),
    [],
  );
});

for (const [match_type, identifier, next] of [
  ['WILDCARD', `${HUB}*:*`, `to keep what the source is called write "identifier": "${HUB}\${1}:\${2}"`],
  [
    'REGEX',
    '^https://.*$',
    'to keep what the source is called write "identifier": "$0", with a pattern that takes the whole identifier',
  ],
] as const) {
  test(`updates without an identifier write the pattern of a ${match_type}`, () => {
    const [finding] = lintText(
      JSON.stringify({ rules: [{ ...rule('CONVERT', identifier, match_type), updates: { attrs } }] }),
    ).filter(({ rule }) => rule === 'convert-writes-pattern');
    assert.is(finding?.next, next);
  });
}

for (const match_type of ['EXACT', 'WILDCARD']) {
  test(`${match_type} without a pattern may leave the identifier out`, () => {
    const written = { ...rule('CONVERT', `${HUB}debian:12`, match_type), updates: { attrs } };
    assert.equal(complaints([written], 'convert-writes-pattern', 'exact-convert'), []);
  });
}

test('EXACT becomes WILDCARD, which every release converts', () => {
  const text = JSON.stringify({ rules: [convert(`${HUB}debian:12`, `${HUB}debian:13`, 'EXACT')] });
  const [finding] = lintText(text).filter(({ rule }) => rule === 'exact-convert');
  assert.is(finding?.fix?.title, 'write "WILDCARD"');
});

test('EXACT stays where a WILDCARD would mean something else', () => {
  const text = JSON.stringify({ rules: [convert('https://a.b/c', 'https://a.b/$d', 'EXACT')] });
  const [finding] = lintText(text).filter(({ rule }) => rule === 'exact-convert');
  assert.is(finding?.fix, undefined);
});

test.run();
