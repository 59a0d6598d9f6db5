import { formatShard } from '../matrix/shard.ts';
import type { Report } from './schema.ts';

/** The subject that `init` and this project's own distros.yaml name. */
const BUILT_IN = 'built-in';

/** The one line that a run ends with: what was verified, on what, and what fell short. */
export function closingLine(report: Report): string {
  const { totals, verified, shard } = report;
  const passed = totals.verdicts.pass ?? 0;
  const controls = `${totals.controlsCaught} of ${totals.controls} controls caught`;
  const of = shard === undefined ? '' : ` (shard ${formatShard(shard)})`;
  return `${verified ? 'verified' : 'not verified'}${of}: ${passed} of ${totals.cells} cells passed, ${controls}; bases: ${basesLine(report)}`;
}

/** How many bases were real and how many were not: `3 bootstrap, 11 stand-in (no distro content)`. */
export function basesLine({ totals }: Report): string {
  const parts = Object.entries(totals.bases).map(([kind, count]) => `${count} ${kind}`);
  return parts.map((part) => (part.endsWith('stand-in') ? `${part} (no distro content)` : part)).join(', ');
}

/** What was under test: `built-in (this program’s own worker)`. */
export function subjectLine({ subject, inputs }: Pick<Report, 'subject' | 'inputs'>): string {
  const what = subject === BUILT_IN ? `${subject} (this program’s own worker)` : subject;
  return inputs.frontend === null ? what : `${what}, by the frontend given`;
}

/**
 * The builder and how its canaries came out: `own engine, sealed, Docker Engine 28.5.2, buildx 0.29.1; foreign canaries
 * refused: 2 of 2`.
 */
export function builderLine({ builder, canaries }: Report): string {
  const foreign = canaries.filter(({ platform, op, node }) => {
    const native = builder.nodes?.find(({ name }) => name === node)?.platform ?? builder.platform;
    return platform !== native || op !== native;
  });
  const refused = foreign.filter(({ outcome }) => outcome === 'refused').length;
  const name = `${builder.name.replace(/, sealed$/, '')}${builder.sealed ? ', sealed' : ''}`;
  const { buildkit, buildx } = builder.versions;
  const nodes = builder.nodes === undefined ? '' : `, ${builder.nodes.length} nodes`;
  return `${name}${nodes}, ${buildkit}, buildx ${buildx}; foreign canaries refused: ${refused} of ${foreign.length}`;
}
