import { chalk, echo } from 'zx';
import { quiet } from '../report/annotations.ts';
import type { Report } from '../report/schema.ts';
import { closingLine } from '../report/summary.ts';
import { verdictTable } from '../report/table.ts';

/** Prints a report for a person: the table, what fell short and why, the controls that were missed, the closing line. */
export function printReport(report: Report): void {
  const { builder, canaries, cells, controls } = report;
  echo(verdictTable(report, (text, good) => (good ? chalk.green(text) : chalk.red(text))));
  for (const { distro, path, platform, verdict, detail, rerun } of cells.filter(
    (cell) => cell.verdict !== 'pass',
  )) {
    echo(`${chalk.red(verdict)} ${distro} ${path} ${platform}: ${quiet(detail)}`);
    echo(`  ${chalk.dim(quiet(rerun))}`);
  }
  for (const { name, path, platform, expected, verdict, detail } of controls.filter(
    (control) => !control.caught,
  )) {
    echo(
      `${chalk.red('control not caught')} ${name} ${path} ${platform}: expected ${expected}, got ${verdict} ${quiet(detail)}`,
    );
  }
  const foreign = canaries.filter(
    ({ platform, op }) => platform !== builder.platform || op !== builder.platform,
  );
  const refused = foreign.filter(({ outcome }) => outcome === 'refused').length;
  const seal = builder.sealed ? ', sealed' : '';
  echo(
    `builder: ${builder.name.replace(/, sealed$/, '')}${seal}, ${builder.versions.buildkit}, buildx ${builder.versions.buildx}; ` +
      `foreign canaries refused: ${refused} of ${foreign.length}`,
  );
  if (!builder.sealed && builder.unsealedBecause !== undefined)
    echo(`note: the engine is not sealed: ${quiet(builder.unsealedBecause)}`);
  for (const note of report.notes) echo(`note: ${quiet(note)}`);
  const line = closingLine(report);
  echo(report.verified ? chalk.green(line) : chalk.red(line));
}
