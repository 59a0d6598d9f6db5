import { quoteGo } from './quoteGo.ts';
import type { Patterns } from './patterns.ts';
import { matchWildcard } from './wildcard.ts';
import type { AttrConstraint, Selector, Source } from './types.ts';

/**
 * Whether a selector takes a source, and if not, the constraint that the source fails (none: it was the identifier).
 * `error` is a pattern that cannot be compiled; the text is BuildKit's.
 */
export type Match = { matched: boolean; constraint?: AttrConstraint } | { error: string };

/**
 * Holds a source against a selector: the constraints first, in their order, then the identifier. An identifier that
 * equals the selector's is taken whatever the match type.
 *
 * Follows BuildKit sourcepolicy/matcher.go.
 *
 * @param constraints those the rule is held to, which are the selector's own but in old releases (see `Behaviour`).
 */
export function matchSelector(
  selector: Selector,
  constraints: readonly AttrConstraint[],
  source: Source,
  patterns: Patterns,
): Match {
  for (const constraint of constraints) {
    const met = meets(constraint, source, patterns);
    if (typeof met === 'object') return met;
    if (!met) return { matched: false, constraint };
  }
  if (selector.identifier === source.identifier) return { matched: true };
  switch (selector.match_type) {
    case 'EXACT':
      return { matched: false };
    case 'REGEX': {
      const regex = patterns.regex(selector.identifier);
      return 'error' in regex ? regex : { matched: regex.value.test(source.identifier) };
    }
    case 'WILDCARD': {
      const wildcard = patterns.wildcard(selector.identifier);
      if ('error' in wildcard) return wildcard;
      return { matched: matchWildcard(wildcard.value, source.identifier) !== undefined };
    }
  }
}

function meets(
  { key, value, condition }: AttrConstraint,
  source: Source,
  patterns: Patterns,
): boolean | { error: string } {
  const attr = source.attrs.get(key) ?? '';
  switch (condition) {
    case 'EQUAL':
      return attr === value;
    case 'NOTEQUAL':
      return attr !== value;
    case 'MATCHES': {
      const regex = patterns.regex(value);
      if ('error' in regex) return { error: `invalid regex ${quoteGo(value)}: ${regex.error}` };
      return regex.value.test(attr);
    }
  }
}
