import { quoteGo } from './quoteGo.ts';
import { PatternError } from './patternError.ts';

/** A wildcard: the literal texts between its stars. One literal more than stars. */
export type Wildcard = readonly string[];

/**
 * Splits a wildcard at its stars. `*` takes any run of characters but a newline; nothing else is special, a
 * backslash neither.
 *
 * Follows BuildKit util/wildcard/wildcard.go.
 *
 * @throws {PatternError} for `**`, with BuildKit's text.
 */
export function compileWildcard(pattern: string): Wildcard {
  if (pattern.includes('**')) {
    throw new PatternError(
      `failed to translate wildcard ${quoteGo(pattern)} to regexp: invalid wildcard: "**"`,
    );
  }
  return pattern.split('*');
}

/**
 * What the stars of a wildcard take from a text, or undefined where it does not match. The whole text has to match.
 *
 * BuildKit turns every star into `(.*)` of one anchored expression, where the first star takes as much as it can, then
 * the second: so each literal stands as far to the right as the ones after it allow.
 */
export function matchWildcard(literals: Wildcard, text: string): string[] | undefined {
  const first = literals[0] ?? '';
  if (literals.length === 1) return text === first ? [] : undefined;
  if (!text.startsWith(first)) return undefined;
  const captures: string[] = [];
  let end = text.length;
  for (let index = literals.length - 1; index > 0; index--) {
    const literal = literals[index] ?? '';
    const isLast = index === literals.length - 1;
    const at = isLast ? end - literal.length : text.lastIndexOf(literal, end - literal.length);
    // lastIndexOf takes a negative position for 0, where a literal could reach into the one behind it.
    if (at < first.length || at + literal.length > end || !text.startsWith(literal, at)) return undefined;
    if (!isLast) captures.push(text.slice(at + literal.length, end));
    end = at;
  }
  captures.push(text.slice(first.length, end));
  return captures.some((capture) => capture.includes('\n')) ? undefined : captures.reverse();
}
