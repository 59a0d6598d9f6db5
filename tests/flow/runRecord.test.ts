import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRunRecord, writeRunRecord } from '../../lib/flow/runRecord.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { builtCell, KEY, runRecord } from './record.ts';

test('a record is read back as it was written', () =>
  inTempDirectory(async (dir) => {
    const record = runRecord([
      builtCell('linux/arm64', { program: '/usr/bin/hello', control: 'pinned-platform' }),
    ]);
    await mkdir(join(dir, 'run'));
    await writeRunRecord(dir, record);
    assert.equal(await readRunRecord(dir, KEY), record);
  }));

test('A record of another clone is refused as such, for nothing could be told of its markers', () =>
  inTempDirectory(async (dir) => {
    await mkdir(join(dir, 'run'));
    await writeRunRecord(dir, runRecord([]));
    assert.match((await faultOf(readRunRecord(dir, Buffer.alloc(32)))).message, 'sealed by another clone');
  }));

test('where no run has come that far, it is said what to do', () =>
  inTempDirectory(async (dir) => {
    const { message, exitStatus } = await faultOf(readRunRecord(dir, KEY));
    assert.is(exitStatus, 2);
    assert.is(
      message,
      `${dir}/run/run.json is not there: no run has built probes yet\n  run \`npx platform-marker verify\` first`,
    );
  }));

test('half a record is not judged by', () =>
  inTempDirectory(async (dir) => {
    await mkdir(join(dir, 'run'));
    await writeFile(join(dir, 'run/run.json'), JSON.stringify(runRecord([])).slice(0, -20));
    assert.match(
      (await faultOf(readRunRecord(dir, KEY))).message,
      'is not whole: the run that wrote it was ended',
    );
  }));

for (const [what, change, place] of [
  ['nothing', () => ({}), 'version'],
  ['a list', () => [], 'the whole'],
  [
    'a cell of a path that there is not',
    () => runRecord([builtCell('linux/arm64', { path: 'x' as never })]),
    'cells.0.path',
  ],
  ['a builder without a platform', () => ({ ...runRecord([]), builder: { name: 'x' } }), 'builder.driver'],
] as const) {
  test(`A record that holds ${what} is refused with the place`, () =>
    inTempDirectory(async (dir) => {
      await mkdir(join(dir, 'run'));
      await writeFile(join(dir, 'run/run.json'), JSON.stringify(change()));
      const { message, exitStatus } = await faultOf(readRunRecord(dir, KEY));
      assert.is(exitStatus, 2);
      assert.match(message, `is not the record of a run: ${place}: `);
    }));
}

test.run();
