import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineMap, lineText, positionAt } from '../../lib/policy/textPlace.ts';

const lines = lineMap('ab\r\ncd\n\nef');

for (const [offset, line, column] of [
  [0, 1, 1],
  [2, 1, 3],
  [4, 2, 1],
  [7, 3, 1],
  [8, 4, 1],
  [10, 4, 3],
] as const) {
  test(`offset ${offset} is line ${line}, column ${column}`, () => {
    assert.equal(positionAt(lines, offset), { line, column });
  });
}

test('lines come without their endings', () => {
  assert.equal(
    [1, 2, 3, 4].map((line) => lineText(lines, line)),
    ['ab', 'cd', '', 'ef'],
  );
});

test.run();
