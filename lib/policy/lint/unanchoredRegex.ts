import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { takesAll } from './coverage.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** Regular expressions that match in the middle of an identifier. */
export const unanchoredRegex: Check = {
  rules: [
    {
      id: 'unanchored-regex',
      severity: 'warning',
      documentation:
        'A REGEX matches any part of an identifier, and a CONVERT replaces only that part: hold it with ^ and $.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules, patterns }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    const { match_type, identifier } = rule.selector;
    if (match_type !== 'REGEX' || takesAll(rule.selector) || 'error' in patterns.regex(identifier)) continue;
    const instead = held(identifier);
    if (instead !== undefined) yield problemOf(rule, instead);
  }
}

/** How a pattern would be held where it neither holds on nor takes any text; undefined where it is. */
function held(pattern: string): string | undefined {
  const flags = /^\(\?[a-zA-Z]+\)/.exec(pattern)?.[0] ?? '';
  const rest = pattern.slice(flags.length);
  const alternatives = topLevelAlternatives(rest);
  const start = alternatives.every((alternative) => /^(?:\^|\\A|\(?\.[*+])/.test(alternative));
  const end = alternatives.every((alternative) =>
    /(?:(?<!\\)(?:\\\\)*\$|\\z|(?<!\\)\.[*+]\)?)$/.test(alternative),
  );
  if (start && end) return undefined;
  const body = alternatives.length > 1 ? `(?:${rest})` : rest;
  return `${flags}${start ? '' : '^'}${body}${end ? '' : '$'}`;
}

/** `^(a|b)$` is one, `^a|b$` are two. */
function topLevelAlternatives(pattern: string): string[] {
  const alternatives = [''];
  let depth = 0;
  for (const token of pattern.match(/\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|[^]/g) ?? []) {
    if (token === '(') depth++;
    if (token === ')') depth--;
    if (token === '|' && depth === 0) alternatives.push('');
    else alternatives[alternatives.length - 1] = `${alternatives.at(-1) ?? ''}${token}`;
  }
  return alternatives;
}

function problemOf({ action, at }: LintedRule, instead: string): Problem {
  const replaces =
    action === 'CONVERT' ? ', and only the part that matches is replaced: the rest of it stays' : '';
  return {
    rule: 'unanchored-regex',
    message: `this expression also matches in the middle of a longer identifier${replaces}`,
    next: `write "${instead}", with .* where any text may stand`,
    ...placeOf(at.identifier),
  };
}
