import { join } from 'node:path';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import type { Bench } from './bench.ts';
import { makeProject } from './madeProject.ts';
import { comparePairs, timeVerify } from './pairs.ts';
import type { Row } from './row.ts';
import { median } from './statistics.ts';

/**
 * How a whole run and a bare bake grow with the number of distros, which are made up, and their bases stand-ins.
 *
 * @param sizes from the smallest on. Turns go by size: a larger project has fewer, and one at least.
 * @param bareMax the largest of them that bare bakes are measured with.
 */
export async function benchGrowth(
  bench: Bench,
  { sizes, bareMax }: { sizes: readonly number[]; bareMax: number },
): Promise<Row[]> {
  const { pairs, work, say, signal } = bench;
  const bySize: Row[][] = [];
  const builder = await keepOwnEngine({ say, signal });
  try {
    const [smallest = 1] = sizes;
    for (const size of sizes) {
      say(`a project of ${size} distros`);
      const made = await makeProject(join(work, `distros-${size}`), size, signal);
      const project = { ...made, builder, name: ` of ${size} distros` };
      await timeVerify(project, signal);
      const turns = Math.max(1, Math.floor((pairs * smallest) / size));
      const rows = await comparePairs(bench, { turns, bare: size <= bareMax }, project);
      bySize.push(rows.map((row) => ({ ...row, part: 'growth' })));
    }
  } finally {
    await builder.stop();
  }
  const [first = [], ...larger] = bySize;
  return [first, ...larger.map((rows) => rows.map((row, at) => withGrowth(row, first[at])))].flat();
}

function withGrowth(row: Row, smallest: Row | undefined): Row {
  if (smallest === undefined || row.missing !== undefined) return row;
  const ratios = row.seconds.map((seconds) => seconds / median(smallest.seconds));
  return {
    ...row,
    against: [...(row.against ?? []), { of: `the ${smallest.what.replace(/^the /, '')}`, ratios }],
  };
}
