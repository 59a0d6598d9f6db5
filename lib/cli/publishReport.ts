import { join, relative } from 'node:path';
import { EXIT } from '../fault/fault.ts';
import type { Report } from '../report/schema.ts';
import { writeReports } from '../report/writeReports.ts';
import { printReport } from './printReport.ts';
import { tellGithub } from './tellGithub.ts';

/**
 * Writes a report in every form into a folder and prints it. Returns the exit status. Throws a Fault (wrong input) where
 * the folder cannot be written, after the verdicts were printed.
 */
export async function publishReport(report: Report, out: string, { isMerged = false } = {}): Promise<number> {
  // Before anything is printed: whoever reads it may have gone.
  const fault = await writeReports(report, out);
  await tellGithub(report, { isMerged });
  printReport(report, fault === undefined ? fromHere(join(out, 'report.html')) : undefined);
  if (fault !== undefined) throw fault;
  return report.verified ? EXIT.verified : EXIT.fellShort;
}

/** As a person would write it: from where they are, unless it is elsewhere. */
function fromHere(path: string): string {
  const way = relative(process.cwd(), path);
  return way.startsWith('..') ? path : way;
}
