import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBenchOptions } from '../../../scripts/bench/options.ts';

const given = { pairs: '3', distros: '14,56,224', bareMax: '56' };

test('everything is measured where nothing is left out', () => {
  const { parts, pairs, cold, sizes } = readBenchOptions(given);
  assert.equal(
    { parts, pairs, cold, sizes },
    { parts: ['runs', 'growth', 'layouts', 'scale', 'start'], pairs: 3, cold: true, sizes: [14, 56, 224] },
  );
});

test('ONLY names the parts, SKIP_COLD leaves the cold run out', () => {
  const { parts, cold } = readBenchOptions({ ...given, only: 'start, layouts', skipCold: '1' });
  assert.equal(parts, ['layouts', 'start']);
  assert.not(cold);
});

test('a part that there is not is named, with what was meant', () => {
  assert.throws(() => readBenchOptions({ ...given, only: 'layout' }), /no part "layout".*layouts/);
});

test('numbers that are none are refused', () => {
  assert.throws(() => readBenchOptions({ ...given, pairs: '0' }), /PAIRS is "0"/);
  assert.throws(() => readBenchOptions({ ...given, distros: '14,x' }), /DISTROS is "x"/);
});

test.run();
