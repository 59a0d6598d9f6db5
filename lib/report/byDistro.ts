/** Things of distros by the distro's name, in the order in which the distros come first. */
export function byDistro<T extends { distro: string }>(things: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(thing.distro);
    if (group === undefined) groups.set(thing.distro, [thing]);
    else group.push(thing);
  }
  return groups;
}
