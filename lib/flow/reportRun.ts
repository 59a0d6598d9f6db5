import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportJson } from '../report/reportJson.ts';
import type { Report } from '../report/schema.ts';
import { checkRun } from './checkRun.ts';
import { makeReport } from './makeReport.ts';
import type { RunRecord } from './runRecord.ts';

/** Checks what a run's record says was built and writes `report.json` into the folder of its outputs. */
export async function reportRun(
  record: RunRecord,
  { out, key, version }: { out: string; key: Buffer; version: string },
): Promise<Report> {
  const report = await judgeRun(record, { key, version });
  await writeFile(join(out, 'report.json'), reportJson(report));
  return report;
}

/**
 * Checks what a run's record says was built; writes nothing. `key` is the key of this clone's seals, `version` the tool's.
 * The report's time is that of the build and of this check.
 */
export async function judgeRun(
  record: RunRecord,
  { key, version }: { key: Buffer; version: string },
): Promise<Report> {
  const started = performance.now();
  const checked = await checkRun(record, key);
  return makeReport(record, checked, record.seconds + (performance.now() - started) / 1000, version);
}
