import { formatPlatform } from '../oci/platform.ts';
import { commandOf } from '../proof/execOps.ts';
import type { BuildStep } from '../proof/llb.ts';
import { bounded } from '../proof/quote.ts';
import { redactText } from '../proof/redact.ts';
import { needsEmulator } from '../proof/runsNatively.ts';
import type { ReportGraph } from '../report/schema.ts';

/** A graph of more ops cannot be read in a page, and every cell has one. */
const NODES_MAX = 30;

/** The ops of a build, the last ones where there are many; null where none are known. */
export function reportGraph(steps: readonly BuildStep[], buildPlatform: string): ReportGraph | null {
  if (steps.length === 0) return null;
  const kept = steps.slice(-NODES_MAX);
  const ids = new Set(kept.map(({ id }) => id));
  const nodes = kept.map(({ id, op, platform: own }) => {
    const platform = own === undefined ? buildPlatform : formatPlatform(own);
    const foreign = op.kind === 'exec' && needsEmulator(platform, buildPlatform);
    return { id, kind: op.kind, label: bounded(redactText(labelOf(op))), platform, foreign };
  });
  const edges = kept.flatMap(({ id, inputs }) =>
    [...new Set(inputs.map((input) => input.replace(/:\d+$/, '')))]
      .filter((from) => ids.has(from))
      .map((from): [string, string] => [from, id]),
  );
  return { nodes, edges, left: steps.length - kept.length };
}

function labelOf(op: BuildStep['op']): string {
  if (op.kind === 'source') return op.identifier;
  if (op.kind === 'exec') return commandOf(op.args);
  if (op.kind !== 'file') return op.kind;
  const copies = op.actions.flatMap(({ copy }) =>
    copy === undefined ? [] : [`${copy.src} to ${copy.dest}`],
  );
  return copies.length === 0 ? 'file' : `copy ${copies.join(', ')}`;
}
