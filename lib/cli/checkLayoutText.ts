import type { Complaint } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';
import { visible } from '../fault/visible.ts';
import type { LayoutRule } from '../oci/layoutError.ts';
import { checkALayout } from './checkLayoutOptions.ts';
import type { LayoutReport } from './checkLayoutReport.ts';

/**
 * A report as lines for a terminal: one for each manifest with its platform, the marker found, its digest and its verdict,
 * one for each other problem, and a closing line. `paint` colours a text by whether it is good news.
 */
export function layoutLines(report: LayoutReport, paint: (text: string, good: boolean) => string): string[] {
  const { manifests, problems, attestations, deep, ok } = report;
  const columns = manifests.map(({ platform, marker, digest }) => [
    visible(platform),
    marker === null ? '-' : shown(marker),
    digest === null ? '-' : digest.slice(0, 'sha256:'.length + 12),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...columns.map((row) => row[column]?.length ?? 0)));
  const rows = manifests.map(({ verdict, problem }, i) => {
    const cells = columns[i]?.map((cell, column) => cell.padEnd(widths[column] ?? 0)) ?? [];
    const word = paint(verdict, verdict === 'pass');
    return [...cells, problem === null ? word : `${word}: ${visible(problem)}`].join('  ');
  });
  const next = new Set(manifests.flatMap(({ rule }) => (rule === null ? [] : (NEXT[rule]?.() ?? []))));
  const passed = manifests.filter(({ verdict }) => verdict === 'pass').length;
  return [
    ...rows,
    ...[...next].map((line) => `  ${line}`),
    ...[...problems, ...(deep?.problems ?? []).map(({ message }) => message)].map((problem) =>
      paint(visible(problem), false),
    ),
    ...(attestations === 0 ? [] : [`attestations set aside: ${attestations}`]),
    ...(deep === null ? [] : [`sound blobs: ${deep.blobs}, ${deep.bytes} bytes`]),
    paint(`${ok ? 'verified' : 'not verified'}: ${passed} of ${manifests.length} manifests passed`, ok),
  ];
}

/** A marker as it is where it looks like a platform, and quoted where it does not. */
function shown(marker: string): string {
  return /^[\w./-]+$/.test(marker) ? marker : visible(JSON.stringify(marker));
}

const chooseRef = () => `choose one with ${spellOption('REF', '<tag>')}`;
const nameALayout = () => `name an OCI layout: ${checkALayout()}`;
const NEXT: Partial<Record<LayoutRule, () => string>> = {
  'ref-needed': chooseRef,
  'ref-not-found': chooseRef,
  'layout-not-found': nameALayout,
  'layout-marker': nameALayout,
  'layout-kind': nameALayout,
  'blob-missing': () => 'a target with two outputs leaves such a layout: build it again with type=oci alone',
};

/** Why a layout is refused as a whole, and what to do about it. */
export function layoutComplaint({ rule, message }: NonNullable<LayoutReport['error']>): Complaint {
  const next = rule === null ? 'see to it that you may read all of it' : NEXT[rule]?.();
  return { message, ...(next === undefined ? {} : { next }) };
}
