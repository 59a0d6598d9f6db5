import { join, relative } from 'node:path';
import { echo } from 'zx';
import { EXIT } from '../fault/fault.ts';
import { judgeRun } from '../flow/reportRun.ts';
import type { RunRecord } from '../flow/runRecord.ts';
import { writeReports } from '../report/writeReports.ts';
import { printReport } from './printReport.ts';
import { tellGithub } from './tellGithub.ts';
import { toolVersion } from './toolVersion.ts';

/**
 * The last steps of a run: checks what its record says was built, writes the report in every form into the folder of its
 * outputs and prints it. Returns the exit status. Throws a Fault (wrong input) where the folder cannot be written, after
 * the verdicts were printed.
 */
export async function concludeRun(record: RunRecord, out: string, key: Buffer): Promise<number> {
  const version = await toolVersion();
  const report = await judgeRun(record, { key, version });
  // Before anything is printed: whoever reads it may have gone.
  const fault = await writeReports(report, out);
  printReport(report);
  await tellGithub(report);
  if (fault !== undefined) throw fault;
  echo(`report: ${relative(process.cwd(), join(out, 'report.html'))}`);
  return report.verified ? EXIT.verified : EXIT.fellShort;
}
