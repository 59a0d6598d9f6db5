import { takenPlatform } from '../oci/platform.ts';
import type { Base } from './base.ts';

/** How an index meets the platforms of a distro. */
export interface Taken {
  /** Those that it has no image for. */
  missing: string[];
  /** By platform, the other variant of it whose image BuildKit takes, where it has none of its own. */
  instead: Record<string, string>;
}

/**
 * What BuildKit takes from an index for each platform. It would also take the image of an architecture that the
 * processor runs as well (`386` for `amd64`), without a word; a base that is another's is none here.
 */
export function takenFrom(held: readonly string[], platforms: readonly string[]): Taken {
  const found: Taken = { missing: [], instead: {} };
  for (const platform of platforms) {
    const taken = takenPlatform(platform, held);
    if (taken === undefined || taken.split('/')[1] !== platform.split('/')[1]) found.missing.push(platform);
    else if (taken !== platform) found.instead[platform] = taken;
  }
  return found;
}

/** As a base has it: nothing where every platform has an image of its own. */
export function substitutes(instead: Taken['instead']): Pick<Base, 'instead'> {
  return Object.keys(instead).length === 0 ? {} : { instead };
}
