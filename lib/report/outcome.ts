import type { Report, ReportCell, ReportControl } from './schema.ts';

/** What cells and controls come to: the totals, and whether all is well. No cells, or no controls, prove nothing. */
export function outcomeOf(
  cells: readonly ReportCell[],
  controls: readonly ReportControl[],
): Pick<Report, 'totals' | 'verified'> {
  const verdicts: Report['totals']['verdicts'] = {};
  for (const { verdict } of cells) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  const bases: Record<string, number> = {};
  for (const kind of new Map(cells.map(({ distro, base }) => [distro, base.kind ?? 'missing'])).values())
    bases[kind] = (bases[kind] ?? 0) + 1;
  const caught = controls.filter((control) => control.caught).length;
  return {
    totals: { cells: cells.length, verdicts, controls: controls.length, controlsCaught: caught, bases },
    verified:
      cells.length > 0 && verdicts.pass === cells.length && controls.length > 0 && caught === controls.length,
  };
}
