import { judgeRun } from '../flow/reportRun.ts';
import type { RunRecord } from '../flow/runRecord.ts';
import { publishReport } from './publishReport.ts';
import { toolVersion } from './toolVersion.ts';

/**
 * The last steps of a run: checks what its record says was built, writes the report in every form into the folder of its
 * outputs and prints it. Returns the exit status. Throws a Fault (wrong input) where the folder cannot be written, after
 * the verdicts were printed.
 */
export async function concludeRun(record: RunRecord, out: string, key: Buffer): Promise<number> {
  const version = await toolVersion();
  return publishReport(await judgeRun(record, { key, version }), out);
}
