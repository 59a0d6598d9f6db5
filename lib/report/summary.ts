import type { Report } from './schema.ts';

/** The one line that a run ends with: what was verified, on what, and what fell short. */
export function closingLine(report: Report): string {
  const { totals, verified } = report;
  const passed = totals.verdicts.pass ?? 0;
  const controls = `${totals.controlsCaught} of ${totals.controls} controls caught`;
  return `${verified ? 'verified' : 'not verified'}: ${passed} of ${totals.cells} cells passed, ${controls}; bases: ${basesLine(report)}`;
}

/** How many bases were real and how many were not: `3 bootstrap, 11 stand-in (no distro content)`. */
export function basesLine({ totals }: Report): string {
  const parts = Object.entries(totals.bases).map(([kind, count]) => `${count} ${kind}`);
  return parts.map((part) => (part.endsWith('stand-in') ? `${part} (no distro content)` : part)).join(', ');
}
