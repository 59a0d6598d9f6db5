import { formatShard } from '../../matrix/shard.ts';
import type { Report } from '../schema.ts';
import type { ShardFile } from './shardFile.ts';

type Canary = Report['canaries'][number];

/** From what proves most of a builder to what proves least. A program of the builder's own platform has to run. */
const FOREIGN: readonly Canary['outcome'][] = ['refused', 'unknown', 'ran'];
const NATIVE: readonly Canary['outcome'][] = ['ran', 'unknown', 'refused'];

/**
 * What the canaries of all shards came to: each shard tries those of its own platforms, so that the same one may be in
 * several. Where shards differ the worst of it counts, and a note says which shard that was.
 */
export function mergeCanaries(shards: readonly ShardFile[]): { canaries: Canary[]; notes: string[] } {
  const worst = new Map<string, { canary: Canary; shard: string }>();
  const differs = new Set<string>();
  for (const { report, shard } of shards) {
    for (const canary of report.canaries) {
      const key = JSON.stringify([canary.platform, canary.op, canary.node]);
      const before = worst.get(key);
      if (before !== undefined && before.canary.outcome !== canary.outcome) differs.add(key);
      const { nodes, platform } = report.builder;
      const native = nodes?.find(({ name }) => name === canary.node)?.platform ?? platform;
      const isNative = canary.platform === native && canary.op === native;
      const order = isNative ? NATIVE : FOREIGN;
      if (before === undefined || order.indexOf(canary.outcome) > order.indexOf(before.canary.outcome))
        worst.set(key, { canary, shard: formatShard(shard) });
    }
  }
  const notes = [...differs].flatMap((key) => {
    const found = worst.get(key);
    if (found === undefined) return [];
    const { canary, shard } = found;
    return [
      `the canary ${canary.platform} in an op of ${canary.op}: ${canary.outcome} in shard ${shard}, not in all`,
    ];
  });
  return { canaries: [...worst.values()].map(({ canary }) => canary), notes };
}
