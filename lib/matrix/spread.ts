/** Something to be done, with the parts that it can be taken apart into. */
export interface Weighed<T> {
  value: T;
  /** A whole number above 0: the sum of its parts' weights, where it has any. */
  weight: number;
  parts: readonly Weighed<T>[];
}

/**
 * Puts what has to be done into so many groups of about the same weight, none of them empty. The outcome follows from the
 * input alone.
 *
 * Where there are at least as many things as groups none is taken apart, and the heaviest comes first, each into the group
 * that is lightest: no group weighs more than 4/3 - 1/(3 groups) of the heaviest one in the best distribution (R. L. Graham,
 * "Bounds on multiprocessing timing anomalies", 1969). Where there are fewer, each thing has groups of its own: one, and
 * one more again and again for that which has the heaviest group, until none is left; its parts are spread over them.
 *
 * @param count of groups, from 1 to the number of all parts that cannot be taken apart.
 */
export function spread<T>(things: readonly Weighed<T>[], count: number): Weighed<T>[][] {
  return things.length >= count ? heaviestFirst(things, count) : apart(things, count);
}

function heaviestFirst<T>(things: readonly Weighed<T>[], count: number): Weighed<T>[][] {
  const groups = Array.from({ length: count }, () => ({ weight: 0, things: [] as Weighed<T>[] }));
  // A stable sort: what weighs the same stays in its order.
  for (const thing of [...things].sort((a, b) => b.weight - a.weight)) {
    const lightest = groups.reduce((best, group) => (group.weight < best.weight ? group : best));
    lightest.weight += thing.weight;
    lightest.things.push(thing);
  }
  return groups.map((group) => group.things);
}

function apart<T>(things: readonly Weighed<T>[], count: number): Weighed<T>[][] {
  const shares = things.map((thing) => ({
    thing,
    room: smallest(thing),
    groups: 1,
    heaviest: thing.weight,
  }));
  for (let left = count - things.length; left > 0; left -= 1) {
    let next: (typeof shares)[number] | undefined;
    for (const share of shares)
      if (share.groups < share.room && share.heaviest > (next?.heaviest ?? 0)) next = share;
    if (next === undefined) throw new RangeError(`${count} groups are more than there are parts`);
    next.groups += 1;
    next.heaviest = Math.max(...spread(next.thing.parts, next.groups).map(weightOf));
  }
  return shares.flatMap(({ thing, groups }) => (groups === 1 ? [[thing]] : spread(thing.parts, groups)));
}

/** Into how many pieces it can be taken apart. */
function smallest<T>({ parts }: Weighed<T>): number {
  return parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + smallest(part), 0);
}

function weightOf<T>(group: readonly Weighed<T>[]): number {
  return group.reduce((sum, { weight }) => sum + weight, 0);
}
