import { readFile } from 'node:fs/promises';
import { EXIT } from '../fault/fault.ts';
import { reportRun } from '../flow/reportRun.ts';
import type { RunRecord } from '../flow/runRecord.ts';
import { own } from './paths.ts';
import { printReport } from './printReport.ts';

/**
 * The last steps of a run: checks what its record says was built, writes `report.json` into the folder of its outputs
 * and prints the report. Returns the exit status.
 */
export async function concludeRun(record: RunRecord, out: string, key: Buffer): Promise<number> {
  const { version } = JSON.parse(await readFile(own.packageJson, 'utf8')) as { version: string };
  const report = await reportRun(record, { out, key, version });
  printReport(report);
  return report.verified ? EXIT.verified : EXIT.fellShort;
}
