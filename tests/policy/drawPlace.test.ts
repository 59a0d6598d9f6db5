import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawPlace } from '../../lib/policy/drawPlace.ts';
import { lineMap } from '../../lib/policy/textPlace.ts';

test('puts carets under the place, tabs counted as one column', () => {
  const lines = lineMap('{\n\t"a": deny\n}');
  assert.is(drawPlace(lines, 8, 4), '2 |  "a": deny\n  |       ^^^^');
});

test('ends the carets with the line', () => {
  assert.is(drawPlace(lineMap('abc\ndef'), 1, 99), '1 | abc\n  |  ^^');
});

test('shows one caret behind the end of a line', () => {
  assert.is(drawPlace(lineMap('{'), 1, 0), '1 | {\n  |  ^');
});

test('of a long line it shows the part around the place', () => {
  const [line = '', carets = ''] = drawPlace(
    lineMap(`${'a'.repeat(5000)}X${'b'.repeat(5000)}`),
    5000,
    1,
  ).split('\n');
  assert.is(line.length, 106);
  assert.is(line[carets.indexOf('^')], 'X');
});

test('keeps control characters off the terminal', () => {
  assert.not.match(drawPlace(lineMap('"\u001b[31m\u0000"'), 0, 1), '\u001b');
});

test.run();
