/** The capturing groups of a pattern, and the pattern without their names. */
export interface GroupNames {
  /** How many groups there are, named or not. */
  count: number;
  /** The pattern with every named group made a plain one; the numbers of all groups stay. */
  unnamed: string;
  /** The numbers of the groups that carry a name, in the order of the pattern. */
  numbers: ReadonlyMap<string, readonly number[]>;
}

/** A quoted run, an escape, a character class with classes of its own (closed or not), or the start of a group. */
const TOKEN =
  /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*(?:\]|$)|\((\?P?<([^>]*)>|\?)?/g;

/**
 * Takes the names out of a pattern's groups. Go lets several groups have one name and fills in the first of them that
 * matched; re2js refuses that.
 */
export function groupNames(pattern: string): GroupNames {
  const numbers = new Map<string, number[]>();
  let count = 0;
  const unnamed = pattern.replace(TOKEN, (token: string, opening?: string, name?: string) => {
    if (!token.startsWith('(') || opening === '?') return token;
    count++;
    if (name === undefined) return token;
    numbers.set(name, [...(numbers.get(name) ?? []), count]);
    return '(';
  });
  return { count, unnamed, numbers };
}
