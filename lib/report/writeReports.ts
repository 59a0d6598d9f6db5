import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput, type Fault } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';
import { FORMATS } from './formats.ts';
import { reportSchema, type Report } from './schema.ts';

/**
 * Writes the report in every form, each file whole or not at all. Returns a Fault (wrong input) in place of throwing it
 * where one cannot be written, for the verdicts are to be shown all the same.
 */
export async function writeReports(report: Report, out: string): Promise<Fault | undefined> {
  const previous = await readPrevious(join(out, 'report.previous.json'));
  for (const { file, render } of FORMATS) {
    const path = join(out, file);
    const unfinished = `${path}.${process.pid}`;
    const text = render(report, previous);
    try {
      await writeFile(unfinished, text);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      return wrongInput({
        message: `${path} cannot be written (${(error as Error).message})`,
        next: `mend that folder, or name another with ${spellOption('OUT', '<folder>')}`,
      });
    }
  }
  return undefined;
}

/** One that is not there, or of another version of this program, is nothing to compare with. */
async function readPrevious(file: string): Promise<Report | undefined> {
  try {
    return reportSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
