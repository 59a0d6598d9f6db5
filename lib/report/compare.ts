import type { Report, ReportCell } from './schema.ts';

/** Tells a cell from every other of its report. */
export function cellKey({
  distro,
  path,
  platform,
}: Pick<ReportCell, 'distro' | 'path' | 'platform'>): string {
  return JSON.stringify([distro, path, platform]);
}

/**
 * What a cell was in the run before, where that differs: its verdict, or `new` for one that was not in it. A run of another
 * subject says nothing of this one's cells; one of another version of it, or of another frontend in its place, does.
 */
export function changedSince(
  previous: Report | undefined,
  { subject }: Pick<Report, 'subject'>,
): (cell: ReportCell) => string | undefined {
  if (previous?.subject !== subject) return () => undefined;
  const before = new Map(previous.cells.map((cell) => [cellKey(cell), cell.verdict]));
  return (cell) => {
    const verdict = before.get(cellKey(cell));
    if (verdict === undefined) return 'new';
    return verdict === cell.verdict ? undefined : verdict;
  };
}
