import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStrictJson } from '../../lib/oci/strictJson.ts';

/** Documents that are read as JSON.parse reads them. */
const sound = [
  '{}',
  ' [1, -2, 0, 9007199254740991] ',
  '{"a":{"b":1},"c":{"b":2}}',
  '[{"a":1},{"a":2}]',
  '{"a":"a","b":["a","a"]}',
  '{"a\\"b":1,"a":"\\"a\\":1,{[","c" \n : "\\\\"}',
  '{"\\u00e9":1,"é́":2}',
  '{"a":"1.5e3","b":true,"c":null}',
  `${'['.repeat(32)}${']'.repeat(32)}`,
];

for (const text of sound) {
  test(`reads ${text.slice(0, 60)}`, () => {
    assert.equal(parseStrictJson(Buffer.from(text)), JSON.parse(text));
  });
}

/** Documents that are refused, and for what. */
const refused: [string, string][] = [
  ['', 'json-syntax'],
  ['{', 'json-syntax'],
  ['{} x', 'json-syntax'],
  ["{'a':1}", 'json-syntax'],
  ['{"a":1,}', 'json-syntax'],
  ['// x\n{}', 'json-syntax'],
  ['1.0', 'json-syntax'],
  ['{"a":[1E2]}', 'json-syntax'],
  ['NaN', 'json-syntax'],
  ['\ufeff{}', 'json-syntax'],
  ['{"a":1,"a":1}', 'json-duplicate-key'],
  ['{"a":1,"\\u0061":1}', 'json-duplicate-key'],
  ['{"a":1,"b":{"c":1, "c"\t:2}}', 'json-duplicate-key'],
  ['[{"":1,"":2}]', 'json-duplicate-key'],
  ['{"__proto__":1,"__proto__":2}', 'json-duplicate-key'],
  [`${'['.repeat(33)}${']'.repeat(33)}`, 'json-too-deep'],
  [`${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`, 'json-too-deep'],
];

for (const [text, rule] of refused) {
  test(`refuses ${JSON.stringify(text.slice(0, 60))} for ${rule}`, () => {
    assert.throws(() => parseStrictJson(Buffer.from(text)), `[${rule}]`);
  });
}

test('refuses what is not UTF-8', () => {
  assert.throws(() => parseStrictJson(Buffer.from('{"é":1}', 'latin1')), '[json-syntax]');
});

test('gets through four megabytes of escapes', () => {
  const text = JSON.stringify({ a: '"'.repeat(2_000_000) });
  assert.equal(parseStrictJson(Buffer.from(text)), JSON.parse(text));
});

test.run();
