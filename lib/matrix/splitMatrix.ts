import { wrongInput } from '../fault/fault.ts';
import { spread, type Weighed } from './spread.ts';

/** A distro on the platforms that are verified. */
export interface SplitDistro {
  name: string;
  platforms: readonly string[];
}

/** What one shard verifies of one distro: each of the paths on each of the platforms. */
export interface ShardPart<P extends string> {
  /** From 1. */
  shard: number;
  distro: string;
  paths: P[];
  platforms: string[];
}

/** The time that a cell is expected to take, in seconds; undefined where nothing is known of it. */
export type ExpectedTime<P extends string> = (
  distro: string,
  path: P,
  platform: string,
) => number | undefined;

/** What a cell weighs where nothing is known of any. */
const DEFAULT_SECONDS = 1;

/**
 * Splits a matrix into `of` shards of about the same expected time: the same shards for the same input, on any machine. A
 * distro stays whole, for its base and its marker image are made once for all of its cells, as long as there are not more
 * shards than distros; the heaviest ones are taken apart by path then, and those by platform. So a shard is always some
 * distros on all of their cells, or one distro's by some paths, or one of its paths on some platforms.
 *
 * The heaviest shard of whole distros weighs at most 4/3 of what the best split of them gives (see `spread`). A cell of
 * which no time is known weighs as much as the others do on average.
 *
 * @returns the parts of all shards, in the order of the matrix; platforms of a path that is taken apart are parts each.
 * @throws {Fault} (wrong input) where there are more shards than cells: one of them would verify nothing.
 */
export function splitMatrix<P extends string>(
  distros: readonly SplitDistro[],
  paths: readonly P[],
  of: number,
  expected: ExpectedTime<P>,
): ShardPart<P>[] {
  const cells = distros.reduce((sum, { platforms }) => sum + platforms.length, 0) * paths.length;
  if (of > cells) {
    throw wrongInput({
      message: `${of} shards of ${cells} cells: a shard that verifies nothing proves nothing`,
      next: `take at most ${cells}`,
    });
  }
  return inOrder(spread(weigh(distros, paths, expected), of), distros, paths);
}

/** Cells that are verified together or apart. */
type Cells<P extends string> = Omit<ShardPart<P>, 'shard'>;

/** In milliseconds, for sums of whole numbers come to the same in any order. */
function weigh<P extends string>(
  distros: readonly SplitDistro[],
  paths: readonly P[],
  expected: ExpectedTime<P>,
): Weighed<Cells<P>>[] {
  const known = distros.flatMap(({ name, platforms }) =>
    paths.flatMap((path) => platforms.flatMap((platform) => expected(name, path, platform) ?? [])),
  );
  const unknown =
    known.length === 0 ? DEFAULT_SECONDS : known.reduce((sum, one) => sum + one, 0) / known.length;
  const leaf = (distro: string, path: P, platform: string): Weighed<Cells<P>> => ({
    value: { distro, paths: [path], platforms: [platform] },
    weight: Math.max(1, Math.round((expected(distro, path, platform) ?? unknown) * 1000)),
    parts: [],
  });
  return distros.map(({ name, platforms }) => {
    const byPath = paths.map((path) =>
      whole(
        { distro: name, paths: [path], platforms: [...platforms] },
        platforms.map((platform) => leaf(name, path, platform)),
      ),
    );
    return whole({ distro: name, paths: [...paths], platforms: [...platforms] }, byPath);
  });
}

function whole<P extends string>(value: Cells<P>, parts: readonly Weighed<Cells<P>>[]): Weighed<Cells<P>> {
  return { value, weight: parts.reduce((sum, { weight }) => sum + weight, 0), parts };
}

/** The parts in the order of the matrix: what a shard has of a distro in one, but for a path that is taken apart. */
function inOrder<P extends string>(
  groups: readonly (readonly Weighed<Cells<P>>[])[],
  distros: readonly SplitDistro[],
  paths: readonly P[],
): ShardPart<P>[] {
  const shards = new Map<string, number>();
  for (const [at, group] of groups.entries())
    for (const { value } of group)
      for (const path of value.paths)
        for (const platform of value.platforms) shards.set(cellKey(value.distro, path, platform), at + 1);
  return distros.flatMap(({ name, platforms }) => {
    const parts = new Map<string, ShardPart<P>>();
    for (const path of paths) {
      const own = platforms.map((platform) => shards.get(cellKey(name, path, platform)) ?? 0);
      const isWhole = new Set(own).size === 1;
      for (const [at, shard] of own.entries()) {
        const platform = platforms[at] ?? '';
        const key = isWhole ? `${shard}` : cellKey(path, platform);
        const part = parts.get(key) ?? { shard, distro: name, paths: [], platforms: [] };
        if (!part.paths.includes(path)) part.paths.push(path);
        if (!part.platforms.includes(platform)) part.platforms.push(platform);
        parts.set(key, part);
      }
    }
    return [...parts.values()];
  });
}

function cellKey(...cell: readonly string[]): string {
  return JSON.stringify(cell);
}
