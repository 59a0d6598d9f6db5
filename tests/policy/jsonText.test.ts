import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readJson } from '../../lib/policy/jsonText.ts';
import { cpuTimeOf } from './cpuTime.ts';

const read = (text: string) => readJson(new TextEncoder().encode(text));
/** Every problem as `rule offset+length message`. */
const problems = (text: string) =>
  read(text).problems.map(({ rule, offset, length, message }) => `${rule} ${offset}+${length} ${message}`);

for (const [text, expected] of [
  [
    '{"a": 1,}',
    'json-trailing-comma 7+1 nothing follows this comma; JSONC and JSON5 let it stand before "}", JSON does not',
  ],
  [
    '[1, 2 ,\n]',
    'json-trailing-comma 6+1 nothing follows this comma; JSONC and JSON5 let it stand before "]", JSON does not',
  ],
  [
    '// c\n{}',
    'json-comment 0+4 this is a comment, which JSONC and JSON5 have and JSON has not; BuildKit refuses the file',
  ],
  [
    '{/*c*/}',
    'json-comment 1+5 this is a comment, which JSONC and JSON5 have and JSON has not; BuildKit refuses the file',
  ],
  [
    '{version: 1}',
    'json-syntax 1+7 the key "version" stands without quotes, as JSON5 allows and JSON does not',
  ],
  ["{'a': 1}", "json-syntax 1+3 single quotes are JSON5's; JSON strings take double quotes"],
  ['{"a": 0x1}', 'json-syntax 7+2 this is a number of JSON5, not of JSON'],
  ['{"a": +1}', 'json-syntax 6+2 this is a number of JSON5, not of JSON'],
  ['{"a": tru}', 'json-syntax 6+3 expected a value, found "tru" without quotes'],
  ['{"a": 1 "b": 2}', 'json-syntax 8+3 expected "," before "b"'],
  ['{"a" 1}', 'json-syntax 5+1 expected ":" after the key, found "1"'],
  ['{"a": }', 'json-syntax 6+1 expected a value, found "}"'],
  ['{"a": 1', 'json-syntax 7+1 expected "}" or ",", the file ends here'],
  ['["a"', 'json-syntax 4+1 expected "]" or ",", the file ends here'],
  ['{} []', 'json-syntax 3+1 expected nothing more after the JSON value, found "["'],
  ['"a', 'json-syntax 0+2 the string that starts here has no closing double quote on its line'],
  [
    '"\\x"',
    'json-syntax 0+4 this string has a backslash before a character that JSON does not escape; a backslash itself is written \\\\',
  ],
  ['"\\u12"', 'json-syntax 0+6 a \\u in this string is not followed by four hex digits'],
  [
    '"\t"',
    'json-syntax 0+3 this string holds a raw control character; a tab is written \\t, a line break \\n',
  ],
  ['1.', 'json-syntax 0+2 "1." is not a JSON number'],
  ['\uFEFF{}', 'json-bom 0+1 the file starts with a byte order mark, which BuildKit refuses'],
  [
    '',
    'json-empty 0+0 the file is empty, which buildx takes for a policy without rules: it allows everything',
  ],
  [' \r\n', 'json-empty 0+0 the file holds nothing but white space; expected a JSON object'],
] as const) {
  test(`says what is wrong with ${JSON.stringify(text)}`, () => {
    assert.equal(problems(text), [expected]);
  });
}

test('CRLF line endings are as good as LF', () => {
  assert.equal(problems('{\r\n\t"a": 1\r\n}\r\n'), []);
});

test('a file with comments and trailing commas still has a tree, at its own offsets', () => {
  const { root } = read('{ // c\n "a": [1,], }');
  assert.is(root?.children?.[0]?.children?.[0]?.offset, 8);
});

test('brackets nested without end are refused at the level that is too deep', () => {
  assert.equal(problems('['.repeat(1_000_000)), [
    'json-depth 100+1 values nest more than 100 deep here; a policy needs six levels',
  ]);
});

test('brackets in strings are no nesting', () => {
  assert.equal(problems(`"\\"${'['.repeat(200)}"`), []);
});

test('a byte that is not UTF-8 is shown where it stands', () => {
  const { problems: found } = readJson(new Uint8Array([0x22, 0xc3, 0xa9, 0xc3, 0x28, 0x22]));
  assert.equal(
    found.map(({ rule, offset }) => [rule, offset]),
    [['json-encoding', 2]],
  );
});

test('UTF-16 is called by its name', () => {
  const [problem] = readJson(new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0])).problems;
  assert.is(problem?.message, 'the file is UTF-16; expected UTF-8');
});

test('a file that no build could send is refused unread', () => {
  const [problem] = readJson(new Uint8Array(16 * 1024 * 1024 + 1)).problems;
  assert.is(problem?.rule, 'json-size');
});

test('accepts what JSON.parse accepts, and nothing else', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-0',
    '01',
    '1e5',
    '1.',
    'true',
    'nul',
    'null',
    ' ',
    '\n',
    '"',
    '\\',
    '//',
    '/*',
    '*/',
    '\u00a0',
    '\u2028',
    '\f',
    "'",
  ];
  const accepts = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const texts = fc
    .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      assert.is(problems(text).length === 0, accepts(text), text);
    }),
    { numRuns: 3000, seed: 76 },
  );
});

test('a megabyte of slips is answered at once', () => {
  const pieces = [']', '{"a":', '[,]', '"\\x",', "'", '/*', ',\n', ' ]'];
  const spent = cpuTimeOf(() => {
    for (const piece of pieces) problems(piece.repeat(1e6 / piece.length));
  });
  assert.ok(spent < 5000, `${spent} ms`);
});

test.run();
