import Table from 'cli-table3';
import { PATHS } from '../proof/verdict.ts';
import type { Report, ReportCell } from './schema.ts';

/**
 * The verdicts as a table for a terminal: a row for each distro, and for each path a column with what its platforms
 * came to. `paint` colours a text by whether it is good news; it is the identity where there is no colour.
 */
export function verdictTable(report: Report, paint: (text: string, good: boolean) => string): string {
  const paths = PATHS.filter((path) => report.cells.some((cell) => cell.path === path));
  const table = new Table({
    head: ['distro', 'base', ...paths],
    style: { head: [], border: [], compact: true },
  });
  for (const distro of new Set(report.cells.map((cell) => cell.distro))) {
    const cells = report.cells.filter((cell) => cell.distro === distro);
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

/** `pass` for all, or a line for each platform where they differ or fell short. */
function verdictsOf(cells: readonly ReportCell[], paint: (text: string, good: boolean) => string): string {
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
