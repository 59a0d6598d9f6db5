import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { formatShard, parseShard } from '../../lib/matrix/shard.ts';

test('A shard is read and written as 2/3', () => {
  assert.equal(parseShard(' 2/3 '), { index: 2, of: 3 });
  assert.is(formatShard(parseShard('1/1')), '1/1');
});

for (const [text, why] of [
  ['0/3', 'expected 1/3 to 3/3'],
  ['4/3', 'expected 1/3 to 3/3'],
  ['1/0', 'at least one'],
  ...['a/b', '2', '1/2/3', '-1/3', '1.5/3', '1/9999999999', ''].map((one) => [one, 'is no shard']),
] as [string, string][]) {
  test(`"${text}" is wrong input: ${why}`, () => {
    try {
      parseShard(text);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.is((error as Fault).exitStatus, 2);
      assert.match((error as Fault).message, why);
    }
  });
}

test.run();
