import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createColumn } from '../../../lib/oci/layer/column.ts';

test('gives back what was set at any index, and 0 elsewhere', () => {
  const column = createColumn(Float64Array);
  const indexes = [0, 7, 8, 511, 512, 519, 5000, 300_000];
  for (const index of indexes) column.set(index, index + 0.5);
  for (const index of indexes) assert.is(column.get(index), index + 0.5);
  for (const index of [1, 9, 510, 513, 1000, 4999, 10 ** 6]) assert.is(column.get(index), 0);
});

test('holds any order of setting, and the last value of an index', () => {
  const column = createColumn(Int32Array);
  for (let index = 2000; index >= 0; index--) column.set(index, -index);
  column.set(3, 9);
  assert.equal([column.get(2000), column.get(8), column.get(3)], [-2000, -8, 9]);
});

test.run();
