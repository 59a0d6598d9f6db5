import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planRun } from '../../lib/cli/runPlan.ts';
import { readVerifyOptions } from '../../lib/cli/verifyOptions.ts';
import { describePlan } from '../../lib/cli/watchPlan.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { report, reportCell } from '../report/report.ts';

const optionsOf = (given: Record<string, string>) =>
  readVerifyOptions({ builder: 'auto', out: 'out', distro: 'azlinux3,azlinux4,almalinux8', ...given });
const planOf = (given: Record<string, string>) => planRun(optionsOf(given), { mayMiss: false });
const namesOf = async (given: Record<string, string>) =>
  (await planOf(given)).distros.map(({ name }) => name);

test('A shard of distros is those distros with their rows, and remembers all that were asked for', async () => {
  const plan = await planOf({ shard: '1/2' });
  assert.equal(
    plan.distros.map(({ name }) => name),
    ['almalinux8', 'azlinux4'],
  );
  assert.equal(plan.rows, plan.distros);
  assert.is(plan.asked.length, 3);
  assert.is(plan.shard?.split.length, 3);
  assert.equal(await namesOf({ shard: '2/2' }), ['azlinux3']);
  assert.is(describePlan(plan, optionsOf({ shard: '1/2' })), 'shard 1/2: almalinux8, azlinux4 (12 cells)');
});

test('With more shards than distros one of them is one distro by some paths', async () => {
  const plan = await planOf({ distro: 'azlinux3', shard: '2/3' });
  assert.equal(plan.paths, ['base-context']);
  assert.is(plan.distros.length, 1);
  const cell = await planOf({ distro: 'azlinux3', shard: '6/6' });
  assert.equal(cell.paths, ['source-policy']);
  assert.equal(
    cell.distros.map(({ platforms }) => platforms),
    [['linux/arm64']],
  );
  assert.match((await faultOf(planOf({ distro: 'azlinux3', shard: '1/7' }))).message, '7 shards of 6 cells');
});

test('A shard expects the times of the report that is given, and says which that was', () =>
  inTempDirectory(async (dir) => {
    const times = join(dir, 'report.json');
    const cells = ['almalinux8', 'azlinux3', 'azlinux4'].map((distro) =>
      reportCell({ distro, seconds: distro === 'almalinux8' ? 90 : 5 }),
    );
    await writeFile(times, JSON.stringify(report(cells)));
    assert.equal(await namesOf({ shard: '1/2', times }), ['almalinux8']);
    const { shard } = await planOf({ shard: '2/2', times });
    assert.match(shard?.times ?? '', /^sha256:[0-9a-f]{64}$/);
    await writeFile(times, JSON.stringify(report([reportCell({ distro: 'gone' })])));
    assert.match((await faultOf(planOf({ shard: '1/2', times }))).message, 'no time of any of these cells');
  }));

test('Times that are no report are wrong input, and so are times without a shard', () =>
  inTempDirectory(async (dir) => {
    const times = join(dir, 'report.json');
    assert.match((await faultOf(planOf({ shard: '1/2', times }))).message, 'cannot be read (ENOENT)');
    for (const [text, why] of [
      ['', 'is empty'],
      ['{"cells":[', 'not whole'],
      ['{}', 'is no report'],
    ] as const) {
      await writeFile(times, text);
      assert.match((await faultOf(planOf({ shard: '1/2', times }))).message, why);
    }
    assert.throws(() => optionsOf({ times }), /without a shard/);
  }));

test.run();
