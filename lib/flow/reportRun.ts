import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../report/schema.ts';
import { checkRun } from './checkRun.ts';
import { makeReport } from './makeReport.ts';
import type { RunRecord } from './runRecord.ts';

/**
 * Checks what a run's record says was built, and writes `report.json` into the folder of its outputs. `key` is the key of
 * this clone's seals, `started` is `performance.now()` at the run's start, `version` the tool's.
 */
export async function reportRun(
  record: RunRecord,
  options: { out: string; key: Buffer; started: number; version: string },
): Promise<Report> {
  const { out, key, started, version } = options;
  const checked = await checkRun(record, key);
  const report = makeReport(record, checked, (performance.now() - started) / 1000, version);
  await writeFile(join(out, 'report.json'), JSON.stringify(report, null, 2) + '\n');
  return report;
}
