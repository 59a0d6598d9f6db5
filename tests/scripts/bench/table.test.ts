import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ratiosTo, type Row } from '../../../scripts/bench/row.ts';
import { tableOf } from '../../../scripts/bench/table.ts';

const row: Row = { part: 'runs', what: 'warm run', by: 'make verify', seconds: [3, 1, 2] };
const cells = (rows: Row[]) =>
  tableOf(rows)
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

test('a row shows the median, and the least and the most of its runs', () => {
  assert.equal(cells([row])[2], ['warm run', 'make verify', '2.0 s', '1.0 s to 3.0 s', '', '']);
});

test('of one run there is no spread', () => {
  const [, , shown] = cells([{ ...row, seconds: [0.0123], peakBytes: 100 * 2 ** 20 }]);
  assert.equal(shown, ['warm run', 'make verify', '12 ms', 'once', '', '100 MiB']);
});

test('a comparison shows the ratios of the turns, and a part its per cent', () => {
  const [, , shown] = cells([
    {
      ...row,
      against: [
        { of: 'the bare bake', ratios: [1, 1.5, 3] },
        { of: 'the run', ratios: [0.01, 0.02, 0.03], isPart: true },
      ],
    },
  ]);
  assert.is(shown?.[4], '1.50 times the bare bake (1.00 to 3.00); 2.0 % of the run (1.0 % to 3.0 %)');
});

test('a tool that is missing has its row, and the reason in it', () => {
  const [, , shown] = cells([{ ...row, by: 'crane', seconds: [], missing: 'not installed' }]);
  assert.equal(shown, ['warm run', 'crane', 'missing: not installed', '', '', '']);
});

test('a long command stands below the table, once', () => {
  const one = { ...row, by: 'regctl', command: 'regctl image get-file FILE' };
  assert.is(tableOf([one, one]).split('regctl image get-file FILE').length, 2);
});

test('ratios are those of the turns that both had', () => {
  assert.equal(ratiosTo([2, 4], [1, 8, 9]), [0.5, 2]);
});

test.run();
