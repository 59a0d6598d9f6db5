import { join } from 'node:path';
import type { Builder } from '../engine/builder.ts';
import { makeMarkers, type MakeMarkersOptions, type MarkerRequest } from './makeMarkers.ts';

/** One time that all marker images are built. */
export interface Again {
  /** As it is shown: the builder's name, and what is different about this time. */
  name: string;
  builder: Builder;
  noCache: boolean;
}

/** What the builds of one marker image came to. */
export interface Reproduction {
  distro: string;
  /** By the build's name: the digest of its index, or the end of its log. */
  digests: Record<string, { digest: string } | { log: string }>;
  /** Whether all have succeeded and are the same. */
  isSame: boolean;
}

/**
 * Builds the same marker images several times, one after the other, and compares the digests. The layouts of each time
 * are in a folder of its own below `out`.
 */
export async function reproduceMarkers(
  requests: readonly MarkerRequest[],
  times: readonly Again[],
  options: Omit<MakeMarkersOptions, 'builder' | 'noCache' | 'whole' | 'run'> & {
    out: string;
    run: string;
    say: (line: string) => void;
  },
): Promise<Reproduction[]> {
  const { out, say, ...rest } = options;
  const made: { name: string; markers: Awaited<ReturnType<typeof makeMarkers>> }[] = [];
  for (const [at, { name, builder, noCache }] of times.entries()) {
    say(`building ${requests.length} marker images: ${name}`);
    const placed = requests.map((one) => ({ ...one, layout: join(out, String(at + 1), one.name) }));
    made.push({ name, markers: await makeMarkers(placed, { ...rest, builder, noCache }) });
  }
  return requests.map(({ name: distro }) => {
    const digests = Object.fromEntries(
      made.map(({ name, markers }) => [name, markers.get(distro) ?? { log: 'it was not built' }]),
    );
    const found = Object.values(digests).map((one) => ('digest' in one ? one.digest : ''));
    return { distro, digests, isSame: found[0] !== '' && new Set(found).size === 1 };
  });
}
