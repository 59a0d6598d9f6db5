import type { Patterns } from '../patterns.ts';
import type { LintedRule } from './lintedPolicy.ts';

/** More comparisons than people's policies ever need; it keeps a machine-made one from taking minutes. */
const COMPARISONS_MAX = 1_000_000;

/** Finds the rules that may have to do with an identifier, without trying every one. */
export interface RuleIndex {
  /**
   * The rules whose selector may take a text, in order. The text may be a pattern whose stars were replaced by `STAR`.
   * Undefined once too many comparisons were asked for.
   */
  candidates: (text: string) => readonly LintedRule[] | undefined;
  /** Whether that has happened. */
  isExhausted: () => boolean;
}

/** Stands for a `*` where a pattern is held against a pattern: no literal of a policy holds it. */
export const STAR = '\u0000';

/** What a selector's texts start and end with. A start may have holes, which take any character. */
interface Ends {
  start: string;
  holes: readonly number[];
  end: string;
}

/** Sorts rules by the literals that their selectors start and end with. */
export function indexRules(rules: readonly LintedRule[], patterns: Patterns): RuleIndex {
  const exact = new Map<string, LintedRule[]>();
  const byEnds = new Map<string, LintedRule[]>();
  const shapes = new Map<string, { start: number; holes: readonly number[]; end: number }>();
  for (const rule of rules) {
    append(exact, rule.selector.identifier, rule);
    const ends = endsOf(rule, patterns);
    if (ends === undefined) continue;
    append(byEnds, keyOf(ends), rule);
    const { start, holes, end } = ends;
    shapes.set(`${start.length} ${holes.join()} ${end.length}`, {
      start: start.length,
      holes,
      end: end.length,
    });
  }
  let left = COMPARISONS_MAX;
  const candidates = (text: string) => {
    const found = [exact.get(text) ?? []];
    for (const { start, holes, end } of shapes.values()) {
      if (start + end > text.length) continue;
      const key = keyOf({ start: text.slice(0, start), holes, end: text.slice(text.length - end) });
      found.push(byEnds.get(key) ?? []);
    }
    left -= shapes.size + found.reduce((sum, some) => sum + some.length, 0);
    if (left < 0) return undefined;
    return [...new Set(found.flat())].sort((a, b) => a.index - b.index);
  };
  return { candidates, isExhausted: () => left < 0 };
}

/** Undefined for a selector that takes one text alone, and for one that cannot be compiled. */
function endsOf({ selector: { identifier, match_type } }: LintedRule, patterns: Patterns): Ends | undefined {
  if (match_type === 'EXACT') return undefined;
  if (match_type === 'WILDCARD') {
    const wildcard = patterns.wildcard(identifier);
    if (!('value' in wildcard) || wildcard.value.length === 1) return undefined;
    return { start: wildcard.value[0] ?? '', holes: [], end: wildcard.value.at(-1) ?? '' };
  }
  const regex = patterns.regex(identifier);
  if ('error' in regex) return undefined;
  const { prefix } = regex.value;
  const characters = prefix?.anchored === true ? prefix.characters : [];
  return {
    start: characters.map((character) => character ?? STAR).join(''),
    holes: characters.flatMap((character, at) => (character === undefined ? at : [])),
    end: '',
  };
}

function keyOf({ start, holes, end }: Ends): string {
  let masked = '';
  let from = 0;
  for (const hole of holes) {
    masked += start.slice(from, hole) + STAR;
    from = hole + 1;
  }
  return `${masked}${start.slice(from)}${STAR}${STAR}${end}`;
}

function append(to: Map<string, LintedRule[]>, key: string, rule: LintedRule): void {
  const rules = to.get(key);
  if (rules === undefined) to.set(key, [rule]);
  else rules.push(rule);
}
