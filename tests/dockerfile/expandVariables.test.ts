import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandVariables } from '../../lib/dockerfile/expandVariables.ts';

const VALUES = new Map([
  ['A', 'a'],
  ['EMPTY', ''],
]);

const EXPANDED: [text: string, expected: string][] = [
  ['image:1', 'image:1'],
  ['tools-$A', 'tools-a'],
  ['tools-${A}x', 'tools-ax'],
  ['$A/${A}', 'a/a'],
  ['${EMPTY}', ''],
  ['${NONE}', ''],
  ['${NONE:-d}', 'd'],
  ['${EMPTY:-d}', 'd'],
  ['${EMPTY-d}', ''],
  ['${NONE-d}', 'd'],
  ['${A:-d}', 'a'],
  ['${A:+x}', 'x'],
  ['${EMPTY:+x}', ''],
  ['${EMPTY+x}', 'x'],
  ['${NONE+x}', ''],
  ['$BUILDPLATFORM', '$BUILDPLATFORM'],
  ['linux/${TARGETARCH}', 'linux/${TARGETARCH}'],
];
for (const [text, expected] of EXPANDED) {
  test(`${text} is ${JSON.stringify(expected)}`, () => {
    assert.is(expandVariables(text, VALUES), expected);
  });
}

for (const text of [
  '"$A"',
  "'a'",
  'a\\$A',
  '${A:?no}',
  '${A#x}',
  '${A/x/y}',
  '$',
  '${',
  '${A:-${B}}',
  '${TARGETARCH:-x}',
]) {
  test(`${text} is not expanded`, () => {
    assert.throws(
      () => expandVariables(text, VALUES),
      (error: Error) => error instanceof RangeError,
    );
  });
}

test.run();
