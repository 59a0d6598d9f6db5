import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../fault/fault.ts';
import { checkRun } from '../flow/checkRun.ts';
import { makeReport } from '../flow/makeReport.ts';
import type { RunRecord } from '../flow/runRecord.ts';
import { own } from './paths.ts';
import { printReport } from './printReport.ts';

/**
 * The last steps of a run: checks what its record says was built, writes `report.json` into the folder of its outputs
 * and prints the report. `started` is `performance.now()` at the run's start. Returns the exit status.
 */
export async function concludeRun(
  record: RunRecord,
  out: string,
  key: Buffer,
  started: number,
): Promise<number> {
  const checked = await checkRun(record, key);
  const { version } = JSON.parse(await readFile(own.packageJson, 'utf8')) as { version: string };
  const report = makeReport(record, checked, (performance.now() - started) / 1000, version);
  await writeFile(join(out, 'report.json'), JSON.stringify(report, null, 2) + '\n');
  printReport(report);
  return report.verified ? EXIT.verified : EXIT.fellShort;
}
