import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Path } from '../../lib/proof/verdict.ts';
import { readReportFile } from '../../lib/report/readReportFile.ts';
import { reportJson } from '../../lib/report/reportJson.ts';
import type { Report, ReportShard } from '../../lib/report/schema.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { report, reportCell } from './report.ts';

const [one, two] = [1, 2].map((shard) => ({
  shard,
  distro: `d${shard}`,
  paths: ['source-policy' as const],
  platforms: ['linux/arm64'],
}));
const shardOf = (change: Partial<ReportShard>): Partial<Report> => ({
  shard: { index: 1, of: 2, times: null, split: [one, two].flatMap((part) => part ?? []), ...change },
});

/** Runs a test with the file of a report. */
const withReport = (change: Partial<Report>, run: (file: string) => Promise<void>) =>
  inTempDirectory(async (dir) => {
    const file = join(dir, 'report.json');
    await writeFile(file, reportJson(report([reportCell()], change)));
    await run(file);
  });

for (const [what, change] of [
  ['of a whole', {}],
  ['of a shard', shardOf({})],
  ['of the last shard', shardOf({ index: 2 })],
  ['of a run that begins now', { startedAt: new Date().toISOString() }],
] as const) {
  test(`A report ${what} is read as it was written`, () =>
    withReport(change, async (file) => {
      assert.equal((await readReportFile(file)).report, report([reportCell()], change));
    }));
}

for (const [what, change, place] of [
  ['a time that is none', { startedAt: 'yesterday' }, 'startedAt: expected a time as '],
  ['a time of another form', { startedAt: '2026-01-01' }, 'startedAt: expected a time as '],
  ['a time that there is not', { startedAt: '2026-13-01T00:00:00.000Z' }, 'startedAt: expected a time that '],
  ['a shard beyond the last', shardOf({ index: 3 }), 'shard.index: expected at most the number of shards'],
  ['more shards than cells', shardOf({ of: 200_000_000 }), 'shard.of: expected at most the number of cells'],
  [
    'paths that come more than once',
    shardOf({
      split: [one, two].flatMap((part) =>
        part === undefined ? [] : { ...part, paths: Array<Path>(4).fill('source-policy') },
      ),
    }),
    'shard.split.0.paths: ',
  ],
  ['a part of a shard beyond the last', shardOf({ of: 1 }), 'shard.split: expected no part of a shard that'],
] as const) {
  test(`A report with ${what} is refused with the place`, () =>
    withReport(change, async (file) => {
      const { message, exitStatus } = await faultOf(readReportFile(file));
      assert.is(exitStatus, 2);
      assert.match(message, `${file}: is no report: ${place}`);
    }));
}

test.run();
