import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fault } from '../../lib/fault/fault.ts';
import { parseYaml } from '../../lib/matrix/yamlText.ts';

const TEXT = `a: &x
  - b: 3.0
  - { c: "d" }
e: *x
`;

const at = (line: number, column: number) => ({ file: 'f.yaml', line, column });

test('The place of a value is where it starts', () => {
  const yaml = parseYaml('f.yaml', TEXT);
  assert.equal(yaml.placeOf(['a', 0, 'b']), at(2, 8));
  assert.equal(yaml.placeOf(['a', 1, 'c']), at(3, 10));
});

test('The place of a value that is missing is that of the nearest thing around it', () => {
  const yaml = parseYaml('f.yaml', TEXT);
  assert.equal(yaml.placeOf(['a', 1, 'nope', 'deeper']), at(3, 5));
  assert.equal(yaml.placeOf(['nope']), at(1, 1));
});

test('The place of a value behind an alias is where the anchor has it', () => {
  assert.equal(parseYaml('f.yaml', TEXT).placeOf(['e', 0, 'b']), at(2, 8));
});

test('The place of a key is where the key starts', () => {
  assert.equal(parseYaml('f.yaml', TEXT).placeOfKey(['a', 1, 'c']), at(3, 7));
});

test('The place of a word is where it stands in the value', () => {
  assert.equal(parseYaml('f.yaml', 'a: b\nc: a b\n').placeOfWord(['c'], 'b'), at(2, 6));
});

test('A scalar keeps how it was written', () => {
  assert.is(parseYaml('f.yaml', TEXT).sourceOf(['a', 0, 'b']), '3.0');
});

const BROKEN: readonly (readonly [text: string, complaint: RegExp])[] = [
  ['a: [1, 2\n', /^f\.yaml:2:1: not YAML: Flow sequence/],
  ['a: "x\n', /^f\.yaml:2:1: not YAML: Missing closing/],
  ['a: 1\nb: 2\na: 3\n', /^f\.yaml:3:1: the key a is written twice in the same place$/],
  ['a: 1\n---\nb: 2\n', /^f\.yaml:2:1: a second YAML document starts here; expected only one$/],
  ['a:\n\tb: 1\n', /^f\.yaml:2:1: a tab is used as indentation; YAML takes spaces$/m],
  ['a: !tag 1\n', /^f\.yaml:1:4: not YAML: Unresolved tag: !tag$/],
  ['a: 1\nb: *gone\n', /^f\.yaml:2:4: "\*gone" repeats "&gone", which is nowhere before it$/],
];

for (const [text, complaint] of BROKEN) {
  test(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.throws(
      () => parseYaml('f.yaml', text),
      (error: Fault) => complaint.test(error.message),
    );
  });
}

test('Aliases that unfold without end are refused', () => {
  const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
  assert.throws(
    () => parseYaml('f.yaml', ['l0: &l0 x', ...levels].join('\n')),
    (error: Fault) => error.message.includes('f.yaml: cannot be read as YAML: Excessive alias count'),
  );
});

test.run();
