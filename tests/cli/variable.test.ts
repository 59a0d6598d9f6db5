import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { textOf } from '../../lib/cli/variable.ts';

test('A variable that is set to nothing is not set', () => {
  const options = { policy: '', distro: 'debian', fix: true };
  assert.is(textOf(options, 'distro'), 'debian');
  for (const name of ['policy', 'fix', 'other']) assert.is(textOf(options, name), undefined);
});

test.run();
