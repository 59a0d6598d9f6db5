import { join } from 'node:path';
import type { Base } from '../base/base.ts';
import type { ResolvedBase } from '../base/resolveBases.ts';
import type { Distro } from '../matrix/types.ts';
import { sealsOf } from './checkRun.ts';
import { makeMarkers, type MarkerRequest } from './makeMarkers.ts';
import { swapMarkers, type MarkerContent } from './markerContent.ts';
import type { MadeMarker } from './runRecord.ts';
import type { RunRequest } from './runRequest.ts';
import type { WholeMarkers } from './wholeMarkers.ts';

/** A distro that has a base, and its marker image. */
export interface MarkedDistro {
  distro: Distro;
  base: Base;
  marker: MadeMarker;
}

/** The control whose marker image holds each platform's marker in another's manifest. */
export const SWAPPED = 'swapped-markers';

/** The marker images of a run. */
export interface MarkedDistros {
  ready: MarkedDistro[];
  /** The first distro that is ready again, with its markers swapped round. */
  swapped: MarkedDistro | undefined;
  /** By distro, why it has no marker image. */
  failures: Map<string, string>;
}

/**
 * Builds the sealed marker image of every distro that has a base, and the swapped one of the first. `images` are the
 * distros with the platforms that the marker images are to be of.
 */
export async function markDistros(
  request: RunRequest,
  images: readonly Distro[],
  bases: ReadonlyMap<string, ResolvedBase>,
): Promise<MarkedDistros> {
  const { distros, out, key } = request;
  const failures = new Map<string, string>();
  const found = distros.flatMap((distro) => {
    const resolved = bases.get(distro.name);
    const { platforms } = images.find(({ name }) => name === distro.name) ?? distro;
    if (resolved && 'base' in resolved) return [{ distro, platforms, base: resolved.base }];
    failures.set(distro.name, `the base cannot be had: ${resolved?.problem ?? ''}`);
    return [];
  });
  const contents = new Map(
    found.map(({ distro, platforms, base }) => {
      const seals = sealsOf(key, distro.name, base.digest, platforms);
      const content = platforms.map((marker): [string, MarkerContent] => [
        marker,
        { marker, seal: seals[marker] ?? '' },
      ]);
      return [distro.name, Object.fromEntries(content)] as const;
    }),
  );
  const requests: MarkerRequest[] = found.map(({ distro, platforms, base }) => ({
    name: distro.name,
    base: base.context,
    platforms,
    content: contents.get(distro.name) ?? {},
    layout: join(out.path, 'marker', distro.name),
  }));
  const make = (wanted: readonly MarkerRequest[]) =>
    makeMarkers(wanted, { ...request, run: join(out.path, 'run'), whole: out.whole });
  const swap = (of: MarkerRequest): MarkerRequest => {
    const layout = join(out.path, 'marker', `.${SWAPPED}`);
    return { ...of, name: `control-${SWAPPED}`, content: swapMarkers(of.content), layout };
  };
  const [first] = requests;
  const made = await make(first === undefined ? [] : [...requests, swap(first)]);
  const ready = found.flatMap(({ distro, base }) => {
    const marker = made.get(distro.name);
    if (marker && 'digest' in marker) return [{ distro, base, marker }];
    failures.set(distro.name, `the marker image could not be built\n${marker?.log ?? ''}`);
    return [];
  });
  const [owner] = ready;
  const ofOwner = requests.find(({ name }) => name === owner?.distro.name);
  // Where the first distro's base is broken, the control is of the first that is not.
  if (ofOwner !== undefined && ofOwner !== first) {
    for (const [name, marker] of await make([swap(ofOwner)])) made.set(name, marker);
  }
  await out.markersAreWhole(wholeOnes([...made.values()]));
  const control = made.get(`control-${SWAPPED}`);
  const swapped = owner && control && 'digest' in control ? { ...owner, marker: control } : undefined;
  return { ready, swapped, failures };
}

/** What the next run has to know of layouts that are whole. */
export function wholeOnes(made: readonly (MadeMarker | { log: string })[]): WholeMarkers {
  return Object.fromEntries(
    made.flatMap((one) =>
      'digest' in one ? [[one.layout, { identity: one.identity, digest: one.digest }]] : [],
    ),
  );
}
