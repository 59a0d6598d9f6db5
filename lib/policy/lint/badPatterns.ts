import type { Node } from 'jsonc-parser';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** Patterns that BuildKit cannot compile. */
export const badPatterns: Check = {
  rules: [
    {
      id: 'bad-wildcard',
      severity: 'error',
      documentation:
        'Two stars in a row are no wildcard: every source that gets as far as this rule fails the build.',
    },
    {
      id: 'bad-regex',
      severity: 'error',
      documentation:
        "Regular expressions are Go's RE2, without look-around and back references; a bad one fails the build.",
    },
  ],
  find: inPolicy,
};

function* inPolicy({ file, rules, patterns }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    const { selector, at } = rule;
    if (selector.match_type === 'WILDCARD' && selector.identifier.includes('**'))
      yield badWildcard(rule, file.lines.text);
    if (selector.match_type === 'REGEX') {
      const regex = patterns.regex(selector.identifier);
      if ('error' in regex) yield badRegex(regex.error, at.identifier);
    }
    for (const { constraint, node } of rule.constraints) {
      if (constraint.condition !== 'MATCHES') continue;
      const regex = patterns.regex(constraint.value);
      if ('error' in regex) yield badRegex(regex.error, node);
    }
  }
}

function badWildcard({ at: { identifier }, updates }: LintedRule, text: string): Problem {
  const written = text.slice(identifier.offset, identifier.offset + identifier.length);
  const edit = { ...placeOf(identifier), text: written.replace(/\*{2,}/g, '*') };
  // With captures in the update somebody has to say which star was meant.
  const isMechanical = updates?.identifier.includes('$') !== true && edit.text !== written;
  return {
    rule: 'bad-wildcard',
    message: 'BuildKit takes no "**" in a wildcard; every source that gets to this rule fails the build',
    next: 'one * takes any text, slashes and colons included',
    ...placeOf(identifier),
    ...(isMechanical ? { fix: { title: 'write one star', edits: [edit] } } : {}),
  };
}

function badRegex(error: string, node: Node): Problem {
  const hint = HINTS.find(([part]) => error.includes(part))?.[1];
  return {
    rule: 'bad-regex',
    message: `RE2 refuses this expression, and every source that gets to this rule fails the build: ${error}`,
    ...(hint === undefined ? {} : { next: hint }),
    ...placeOf(node),
  };
}

const HINTS: readonly (readonly [part: string, hint: string])[] = [
  ['`(?=', 'RE2 has no look-ahead: write a rule for what shall match and one for what shall not'],
  ['`(?!', 'RE2 has no look-ahead: write a rule for what shall match and one for what shall not'],
  ['`(?<', 'RE2 has no look-behind: write a rule for what shall match and one for what shall not'],
  ['escape sequence: `\\1', 'RE2 has no back references'],
  ['escape sequence: `\\Z', 'the end of the text is \\z or $'],
  ['nested repetition operator', 'RE2 has no possessive quantifiers and no repetition of a repetition'],
  ['missing argument to repetition', 'a * needs something before it: any text is .*'],
  ['invalid repeat count', 'RE2 repeats at most 1000 times'],
];
