/** What BuildKit releases do differently with one and the same policy. */
export interface Behaviour {
  /**
   * A CONVERT with an EXACT selector replaces the identifier. Before v0.31.0 it set the attributes and left the
   * identifier as it was, without a word (moby/buildkit commit 28ce6844c).
   */
  exactConverts: boolean;
  /**
   * Every rule is held to its own constraints. Before v0.26.0 all rules with the same match type and identifier were
   * held to those of the first one that was tried (moby/buildkit commit 8e6ee3642).
   */
  ownConstraints: boolean;
}

/** What the newest BuildKit does. */
export const NEWEST: Behaviour = { exactConverts: true, ownConstraints: true };

/** The oldest behaviour told apart here: that of v0.25 and before, such as in Docker Engine 28. */
export const OLDEST: Behaviour = { exactConverts: false, ownConstraints: false };

/** The behaviour of a BuildKit release, given as `v0.25.2` or `0.25`; an unreadable version counts as the newest. */
export function behaviourOf(version: string): Behaviour {
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === '' || Number(major) > 0) return NEWEST;
  return { exactConverts: Number(minor) >= 31, ownConstraints: Number(minor) >= 26 };
}
