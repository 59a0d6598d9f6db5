import { join } from 'node:path';
import type { ResolvedBase } from '../base/resolveBases.ts';
import type { Distro } from '../matrix/types.ts';
import type { MarkerRequest } from './makeMarkers.ts';

/**
 * The marker images of distros without seals, so that the same base gives the same digests in every clone. Layouts go to
 * `<folder>/<distro>`; a distro without a base has none.
 */
export function markerRequests(
  distros: readonly Distro[],
  bases: ReadonlyMap<string, ResolvedBase>,
  folder: string,
): MarkerRequest[] {
  return distros.flatMap(({ name, platforms }) => {
    const resolved = bases.get(name);
    if (resolved === undefined || 'problem' in resolved) return [];
    const content = Object.fromEntries(platforms.map((marker) => [marker, { marker }]));
    return [{ name, base: resolved.base.context, platforms, content, layout: join(folder, name) }];
  });
}
