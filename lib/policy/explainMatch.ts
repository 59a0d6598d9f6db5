import type { Match } from './matchSelector.ts';
import type { Patterns } from './patterns.ts';
import { explainRegexMiss, REGEX_MISS } from './explainRegexMiss.ts';
import { schemeOf } from './sourceKinds.ts';
import type { AttrConstraint, Selector, Source } from './types.ts';
import { matchWildcard } from './wildcard.ts';
import type { Wildcard } from './wildcard.ts';

/**
 * Why a selector takes a source or not, in words: the part of the pattern, or the attribute, that decides.
 *
 * @param detailed false to leave out which part of a REGEX fails: it takes several compilations to find.
 */
export function explainMatch(
  match: Match,
  selector: Selector,
  source: Source,
  { patterns, detailed }: { patterns: Patterns; detailed: boolean },
): string {
  if ('error' in match) return match.error;
  if (match.constraint !== undefined) return explainConstraint(match.constraint, source);
  if (!match.matched) {
    if (selector.match_type !== 'REGEX') return explainMiss(selector, source.identifier, patterns);
    return detailed ? explainRegexMiss(selector.identifier, source.identifier) : REGEX_MISS;
  }
  const held = selector.constraints.map(({ key }) => `${key} is ${shown(source, key)}`);
  return [explainHit(selector, source.identifier, patterns), ...held].join('; ');
}

function explainConstraint({ key, value, condition }: AttrConstraint, source: Source): string {
  const asked = { EQUAL: 'the rule wants', NOTEQUAL: 'the rule wants anything but', MATCHES: 'the rule wants a match of' }; // prettier-ignore
  return `attribute ${key} is ${shown(source, key)}; ${asked[condition]} "${value}"`;
}

function shown({ attrs }: Source, key: string): string {
  const value = attrs.get(key);
  return value === undefined ? 'not set' : `"${value}"`;
}

function explainHit({ identifier, match_type }: Selector, source: string, patterns: Patterns): string {
  if (identifier === source) return 'the same identifier';
  if (match_type === 'REGEX') return 'the pattern is found in it';
  const wildcard = patterns.wildcard(identifier);
  const captures = 'value' in wildcard ? (matchWildcard(wildcard.value, source) ?? []) : [];
  if (captures.length === 1) return `* takes "${captures[0] ?? ''}"`;
  return captures.map((capture, index) => `* number ${index + 1} takes "${capture}"`).join(', ');
}

function explainMiss({ identifier, match_type }: Selector, source: string, patterns: Patterns): string {
  const [scheme, asked] = [schemeOf(source), schemeOf(identifier)];
  if (asked === undefined && !identifier.startsWith('*'))
    return `no scheme; the source starts with ${scheme ?? ''}://`;
  if (asked !== undefined && !asked.includes('*') && asked !== scheme) {
    return `another kind of source: ${asked}, not ${scheme ?? 'this'}`;
  }
  const wildcard = match_type === 'WILDCARD' ? patterns.wildcard(identifier) : { value: [identifier] };
  return 'value' in wildcard ? explainWildcardMiss(wildcard.value, source) : wildcard.error;
}

function explainWildcardMiss(literals: Wildcard, source: string): string {
  const [first = '', ...others] = literals;
  if (!source.startsWith(first) || others.length === 0) return explainDifference(first, source);
  let at = first.length;
  for (const literal of others.slice(0, -1)) {
    const found = source.indexOf(literal, at);
    if (found === -1) return `"${literal}" does not come after "${source.slice(0, at)}"`;
    at = found + literal.length;
  }
  const last = others.at(-1) ?? '';
  if (source.length - at >= last.length && source.endsWith(last))
    return 'a * does not reach over a line break';
  return `the source does not end in "${last}"${at > first.length ? ` after "${source.slice(0, at)}"` : ''}`;
}

function explainDifference(rule: string, source: string): string {
  let same = 0;
  while (same < rule.length && rule[same] === source[same]) same++;
  const ruleRest = rule.slice(same);
  const sourceRest = source.slice(same);
  if (ruleRest === '') return `the source goes on with "${sourceRest}"`;
  if (sourceRest === '') return `the source ends where the rule goes on with "${ruleRest}"`;
  // Words are easier to compare than the letters in which they begin to differ.
  const word = rule.slice(0, same).search(/[^:/@]*$/);
  return `the rule has "${upToBreak(rule.slice(word))}" where the source has "${upToBreak(source.slice(word))}"`;
}

function upToBreak(text: string): string {
  return /^[:/@]?[^:/@]*/.exec(text)?.[0] ?? text;
}
