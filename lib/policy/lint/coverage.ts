import type { Patterns } from '../patterns.ts';
import type { AttrConstraint, Selector } from '../types.ts';
import { matchWildcard } from '../wildcard.ts';
import { STAR } from './ruleIndex.ts';

/** Regular expressions that take everything; others are not seen through. */
const TAKES_ALL = new Set(['', '.*', '^', '$', '^.*', '.*$', '^.*$', '(.*)', '^(.*)$', '^(.*)', '(.*)$']);

/**
 * Whether a selector certainly takes every source that another one takes. False may mean that it cannot be told: what
 * a regular expression takes is not looked into.
 */
export function covers(wide: Selector, narrow: Selector, patterns: Patterns): boolean {
  if (!wide.constraints.every((constraint) => narrow.constraints.some((other) => same(constraint, other))))
    return false;
  if (takesAll(wide)) return true;
  if (wide.identifier === narrow.identifier && wide.match_type === narrow.match_type) return true;
  if (narrow.match_type === 'REGEX') return false;
  const isPattern = narrow.match_type === 'WILDCARD' && narrow.identifier.includes('*');
  const text = isPattern ? narrow.identifier.replaceAll('*', STAR) : narrow.identifier;
  switch (wide.match_type) {
    case 'EXACT':
      return wide.identifier === text;
    case 'WILDCARD': {
      // What a star of the narrow pattern takes only a star of the wide one can take, as no literal holds STAR.
      const wildcard = patterns.wildcard(wide.identifier);
      return 'value' in wildcard && matchWildcard(wildcard.value, text) !== undefined;
    }
    case 'REGEX': {
      const regex = patterns.regex(wide.identifier);
      return !isPattern && 'value' in regex && regex.value.test(text);
    }
  }
}

/** Whether a selector's pattern takes every identifier. */
export function takesAll({ identifier, match_type }: Selector): boolean {
  return match_type === 'REGEX' ? TAKES_ALL.has(identifier) : match_type === 'WILDCARD' && identifier === '*';
}

function same(a: AttrConstraint, b: AttrConstraint): boolean {
  return a.key === b.key && a.value === b.value && a.condition === b.condition;
}
