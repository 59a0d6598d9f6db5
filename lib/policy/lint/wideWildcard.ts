import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { longerTags } from './knownTags.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** An image with a tag, or the first letters of one, and a star behind it. */
const TAG_AND_STAR = /^docker-image:\/\/[^*]*\/[^*:/@]+:[^*:/@]*[^*:/@.-]\*$/;

/** Wildcards that take in more than they say. */
export const wideWildcard: Check = {
  rules: [
    {
      id: 'wide-wildcard',
      severity: 'warning',
      documentation:
        'A * right behind a tag takes longer tags too; a tag in all its digest forms is the tag, and the tag with @*.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    const { match_type, identifier } = rule.selector;
    if (match_type === 'WILDCARD' && TAG_AND_STAR.test(identifier)) yield problemOf(rule);
  }
}

function problemOf({ selector, at }: LintedRule): Problem {
  const image = selector.identifier.slice(0, -1);
  const found = longerTags(image);
  const [one = '', other = ''] = 'real' in found ? pickTwo(found.real) : found.likely;
  const kind = 'real' in found ? '' : 'any tag that goes on, such as ';
  return {
    rule: 'wide-wildcard',
    message: `the * also takes ${kind}${tagged(one)} and ${tagged(other)}`,
    next: `for this tag alone write two rules, "${image}" and "${image}@*"`,
    ...placeOf(at.identifier),
  };
}

const tagged = (tag: string) => `:${tag}`;

/** The two that differ the most from each other are those that start differently behind what they share. */
function pickTwo(tags: readonly string[]): string[] {
  const slim = tags.find((tag) => /-(slim|minimal|alpine)$/.test(tag)) ?? tags[0] ?? '';
  return [slim, ...tags.filter((tag) => tag !== slim)].slice(0, 2);
}
