/** Random choices that a seed determines wholly. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number;
  /** True in `share` of all cases, from 0 to 1. */
  chance: (share: number) => boolean;
  pick: <T>(from: readonly T[]) => T;
  /** Between `least` and `most` things, both included. */
  some: <T>(least: number, most: number, make: () => T) => T[];
}

/** The mulberry32 generator: 32 bits of state are plenty for test cases. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
    some: (least, most, make) => Array.from({ length: least + below(most - least + 1) }, make),
  };
}
