import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { carryOut, planFile, staleFiles, type PlannedFile } from '../../lib/policy/plannedFile.ts';
import { folderSuite } from './generateFolder.ts';

const test = folderSuite();

test('A file of our own is written where it is missing or differs, and left alone where it does not', async ({
  folder,
  read,
  write,
}) => {
  const file = join(folder, 'new/x');
  for (const expected of ['written', 'unchanged']) {
    const planned = await planFile(file, 'text');
    assert.is(planned.state, expected);
    assert.is(await carryOut(planned), undefined);
    assert.is(await read('new/x'), 'text');
  }
  await write('new/x', 'other');
  assert.equal(await planFile(file, 'text'), { file, state: 'written', text: 'text' });
});

test('Only what would be written or removed is stale', () => {
  const plan = (['written', 'unchanged', 'kept', 'removed'] as const).map((state): PlannedFile => ({
    file: state,
    state,
  }));
  assert.equal(
    staleFiles(plan).map(({ file }) => file),
    ['written', 'removed'],
  );
});

for (const [what, planned] of [
  ['be written', { state: 'written', text: 'x' }],
  ['be removed', { state: 'removed' }],
  ['be backed up', { state: 'written', text: 'x', backUp: true }],
] as const) {
  test(`A file that cannot ${what} is wrong input that names it`, async ({ folder }) => {
    const file = join(folder, 'folder');
    await mkdir(join(file, 'in it'), { recursive: true });
    try {
      await carryOut({ file, ...planned });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, /\/folder\S*: cannot be written: /);
    }
  });
}

test.run();
