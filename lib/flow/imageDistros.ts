import type { Distro } from '../matrix/types.ts';

/**
 * The distros of a run with the platforms that their bases and marker images are of: all those of their rows, so that a
 * narrowed run works with the same images as a whole one, and the build platforms, whose tools install into the others and
 * whose image a pinned worker would be made from.
 *
 * @param distros as they are verified.
 * @param rows as distros.yaml has them.
 */
export function imageDistros(
  distros: readonly Distro[],
  rows: readonly Distro[],
  buildPlatforms: readonly string[],
): Distro[] {
  return distros.map((distro) => {
    const row = rows.find(({ name }) => name === distro.name) ?? distro;
    return { ...row, platforms: [...new Set([...row.platforms, ...buildPlatforms])] };
  });
}
