import Table from 'cli-table3';
import stringWidth from 'string-width';
import { PATHS } from '../proof/verdict.ts';
import { byDistro } from './byDistro.ts';
import type { Report, ReportCell } from './schema.ts';

/** Colours a text by whether it is good news; the identity where there is no colour. */
type Paint = (text: string, good: boolean) => string;

/**
 * The verdicts for a terminal: a table with a row for each distro, and for each path a column with what its platforms
 * came to; where the table is wider than `columns`, the same as a list.
 */
export function verdictTable(report: Report, paint: Paint, columns = Infinity): string {
  const table = wideTable(report, paint);
  const width = stringWidth(table.slice(0, table.indexOf('\n')));
  return width <= columns ? table : verdictList(report, paint, columns);
}

function wideTable(report: Report, paint: Paint): string {
  const paths = PATHS.filter((path) => report.cells.some((cell) => cell.path === path));
  const table = new Table({
    head: ['distro', 'base', ...paths],
    style: { head: [], border: [], compact: true },
  });
  for (const [distro, cells] of byDistro(report.cells)) {
    const kind = cells[0]?.base.kind ?? 'none';
    const columns = paths.map((path) =>
      verdictsOf(
        cells.filter((cell) => cell.path === path),
        paint,
      ),
    );
    table.push([distro, kind, ...columns]);
  }
  return table.toString();
}

/** A distro, below it its paths, each with its verdicts beside it, or below it where even that is too wide. */
function verdictList(report: Report, paint: Paint, columns: number): string {
  const paths = PATHS.filter((path) => report.cells.some((cell) => cell.path === path));
  const nameWidth = Math.max(...paths.map((path) => path.length));
  const lines = [...byDistro(report.cells)].flatMap(([distro, own]) => {
    const rows = paths.flatMap((path) => {
      const verdicts = verdictsOf(
        own.filter((cell) => cell.path === path),
        paint,
      ).split('\n');
      if (verdicts.join('') === '') return [];
      const widest = Math.max(...verdicts.map((verdict) => stringWidth(verdict)));
      if (nameWidth + widest + 4 > columns)
        return [` ${path}`, ...verdicts.map((verdict) => `   ${verdict}`)];
      return verdicts.map((verdict, at) => `  ${(at === 0 ? path : '').padEnd(nameWidth)} ${verdict}`);
    });
    return [`${distro} (${own[0]?.base.kind ?? 'none'})`, ...rows];
  });
  return lines.join('\n');
}

/** `pass` for all, or a line for each platform where they differ or fell short. */
function verdictsOf(cells: readonly ReportCell[], paint: Paint): string {
  if (cells.length === 0) return '';
  if (cells.every(({ verdict }) => verdict === 'pass')) {
    return paint(`pass ${cells.map(({ platform }) => short(platform)).join(' ')}`, true);
  }
  return cells
    .map(({ platform, verdict }) => paint(`${verdict} ${short(platform)}`, verdict === 'pass'))
    .join('\n');
}

/** `arm64` for `linux/arm64`: where every platform is of Linux the system says nothing. */
function short(platform: string): string {
  return platform.replace(/^linux\//, '');
}
