import { chalk, echo } from 'zx';
import { quiet } from '../report/annotations.ts';
import type { Report } from '../report/schema.ts';
import { builderLine, closingLine, subjectLine } from '../report/summary.ts';
import { verdictTable } from '../report/table.ts';

/**
 * Prints a report for a person: the verdicts, what fell short with its reason and the command that runs that cell alone, the
 * controls that were missed, where the whole report is, the closing line.
 */
export function printReport(report: Report, place?: string): void {
  const columns = process.stdout.isTTY ? process.stdout.columns : undefined;
  for (const line of reportLines(report, { columns, place, paint: paintNews, dim: chalk.dim })) echo(line);
}

const paintNews = (text: string, good: boolean) => (good ? chalk.green(text) : chalk.red(text));

/** How a report is shown. */
interface Look {
  /** Of the terminal; undefined or 0 where there is none. */
  columns: number | undefined;
  /** Where the whole report is. */
  place: string | undefined;
  paint: (text: string, good: boolean) => string;
  dim: (text: string) => string;
}

/** The lines that `printReport` prints. What comes from a build can be no command to GitHub's runner in them. */
export function reportLines(report: Report, { columns, place, paint, dim }: Look): string[] {
  const { builder, cells, controls, notes } = report;
  const bad = (text: string) => paint(text, false);
  const short = cells.filter((cell) => cell.verdict !== 'pass');
  const said = short.map(({ verdict, detail }) => `${verdict}: ${detail}`);
  const fallen = short.flatMap(({ distro, path, platform, verdict, detail, rerun }, at) => [
    `${bad(verdict)} ${quiet(`${distro} ${path} ${platform}`)}: ${said[at] === said[at - 1] ? 'the same' : quiet(detail)}`,
    `  ${dim(quiet(rerun))}`,
  ]);
  const missed = controls
    .filter((control) => !control.caught)
    .map(
      ({ name, path, platform, expected, verdict, detail }) =>
        `${bad('control not caught')} ${name} ${path} ${platform}: expected ${expected}, got ${verdict} ${quiet(detail)}`,
    );
  const open = builder.sealed ? undefined : builder.unsealedBecause;
  return [
    verdictTable(report, paint, columns === 0 ? undefined : columns),
    ...fallen,
    ...missed,
    `subject: ${quiet(subjectLine(report))}`,
    `builder: ${quiet(builderLine(report))}`,
    ...(open === undefined ? [] : [`note: the engine is not sealed: ${quiet(open)}`]),
    ...notes.map((note) => `note: ${quiet(note)}`),
    ...(place === undefined ? [] : [`report: ${quiet(place)}`]),
    paint(closingLine(report), report.verified),
  ];
}
