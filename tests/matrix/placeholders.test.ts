import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fillPlaceholders, PLACEHOLDERS, placeholdersIn } from '../../lib/matrix/placeholders.ts';
import type { Placeholder } from '../../lib/matrix/placeholders.ts';

const VALUES = Object.fromEntries(PLACEHOLDERS.map((word) => [word, `<${word}>`])) as Record<
  Placeholder,
  string
>;

test('Each placeholder gives way to its value, wherever it stands', () => {
  assert.is(fillPlaceholders('{key}/worker-{key}:{base}', VALUES), '<key>/worker-<key>:<base>');
});

test('A shell variable, an unknown word and lone braces stay as they are', () => {
  const text = '${key} {nope} {} { key } {"a": 1} }{';
  assert.is(fillPlaceholders(text, VALUES), text);
});

test('Doubled braces give single ones', () => {
  assert.is(fillPlaceholders('{{key}} {{nope}}', VALUES), '{key} {nope}');
});

test('A value is put in as it is, not filled again', () => {
  assert.is(fillPlaceholders('{name}', { ...VALUES, name: '{key} $&' }), '{key} $&');
});

test('The words in braces are found in order, known or not', () => {
  assert.equal(placeholdersIn('{key} ${name} {{base}} {nope} {toString}'), ['key', 'nope', 'toString']);
});

test('A word that every object has is no placeholder', () => {
  assert.is(fillPlaceholders('{toString} {constructor}', VALUES), '{toString} {constructor}');
});

test.run();
