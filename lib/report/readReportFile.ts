import { readFile } from 'node:fs/promises';
import { wrongInput } from '../fault/fault.ts';
import { spellCommand } from '../fault/spelling.ts';
import { reportSchema, type Report } from './schema.ts';

/** A report that was read, under the name that its file was given by. */
export interface ReportFile {
  file: string;
  text: string;
  report: Report;
}

/** Reads a `report.json`. Throws a Fault (wrong input) for what cannot be read or is none of this version. */
export async function readReportFile(file: string): Promise<ReportFile> {
  const refuse = (message: string) =>
    wrongInput({
      message,
      place: { file },
      next: `expected a report.json that \`${spellCommand('verify')}\` of this version wrote`,
    });
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    throw refuse(text.trim() === '' ? 'is empty' : 'is not JSON, or not whole');
  }
  const { data: report, error } = reportSchema.safeParse(data);
  if (report !== undefined) return { file, text, report };
  const [issue] = error.issues;
  throw refuse(`is no report: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`);
}
