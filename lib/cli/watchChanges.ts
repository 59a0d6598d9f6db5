import type { Report, ReportCell, ReportControl } from '../report/schema.ts';

/** A line about what changed between two reports. */
export interface Change {
  text: string;
  /** Whether it is good news. */
  good: boolean;
}

/**
 * What changed between the verdicts of two reports: cells whose verdict or its reason is another, cells that are new or
 * gone, and controls that are caught no longer or again. A distro that is gone as a whole is left out.
 */
export function changesOf(before: Report, after: Report): Change[] {
  const cells = new Map(before.cells.map((cell) => [nameOfCell(cell), cell]));
  const controls = new Map(before.controls.map((control) => [nameOfControl(control), control]));
  const distros = new Set(after.cells.map(({ distro }) => distro));
  const stays = new Set(after.cells.map(nameOfCell));
  const gone = before.cells.filter((cell) => distros.has(cell.distro) && !stays.has(nameOfCell(cell)));
  return [
    ...after.cells.flatMap((cell) => cellChange(cells.get(nameOfCell(cell)), cell)),
    ...gone.map((cell) => ({ text: `${nameOfCell(cell)}: not verified any more`, good: false })),
    ...after.controls.flatMap((control) => controlChange(controls.get(nameOfControl(control)), control)),
  ];
}

/** Notes of a report that the one before did not have; one that differs in its figures alone says nothing new. */
export function newNotes(before: Report, after: Report): string[] {
  const wording = (note: string) => note.replace(/\d+/g, '0');
  const known = new Set(before.notes.map(wording));
  return after.notes.filter((note) => !known.has(wording(note)));
}

/** `6 of 6 cells pass, 15 of 15 controls caught`. */
export function standing({ totals }: Report): string {
  const passed = totals.verdicts.pass ?? 0;
  return `${passed} of ${totals.cells} cells pass, ${totals.controlsCaught} of ${totals.controls} controls caught`;
}

function nameOfCell({ distro, path, platform }: ReportCell): string {
  return `${distro} ${path} ${platform}`;
}

function nameOfControl({ name, distro, path, platform }: ReportControl): string {
  return `control ${name} ${distro} ${path} ${platform}`;
}

function cellChange(before: ReportCell | undefined, cell: ReportCell): Change[] {
  const { verdict, detail } = cell;
  if (before?.verdict === verdict && before.detail === detail) return [];
  const from = before === undefined ? 'new' : before.verdict === verdict ? 'still' : `${before.verdict} ->`;
  const why = detail === '' ? '' : `: ${detail}`;
  return [{ text: `${nameOfCell(cell)}: ${from} ${verdict}${why}`, good: verdict === 'pass' }];
}

function controlChange(before: ReportControl | undefined, control: ReportControl): Change[] {
  const { caught, expected, verdict } = control;
  if ((before?.caught ?? true) === caught) return [];
  const now = caught ? 'caught again' : `not caught: expected ${expected}, got ${verdict}`;
  return [{ text: `${nameOfControl(control)}: ${now}`, good: caught }];
}
