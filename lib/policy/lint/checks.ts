import { badPatterns } from './badPatterns.ts';
import { constraints } from './constraints.ts';
import { conversions } from './conversions.ts';
import { convertLoops } from './convertLoops.ts';
import { destinations } from './destinations.ts';
import { DISTRO_RULES } from './distros.ts';
import { unreadable } from './jsonRules.ts';
import { keys } from './keys.ts';
import type { Check, LintRule } from './lintRule.ts';
import { neverMatches } from './neverMatches.ts';
import { openPolicy } from './openPolicy.ts';
import { releases } from './releases.ts';
import { shadowed } from './shadowed.ts';
import { shape } from './shape.ts';
import { unanchoredRegex } from './unanchoredRegex.ts';
import { wideWildcard } from './wideWildcard.ts';

/** Everything that is looked for in one file, in the order in which it is looked for. */
export const CHECKS: readonly Check[] = [
  unreadable,
  keys,
  shape,
  badPatterns,
  neverMatches,
  constraints,
  unanchoredRegex,
  wideWildcard,
  conversions,
  destinations,
  openPolicy,
  releases,
  shadowed,
  convertLoops,
];

/** Said when a policy has too many rules alike for all checks to come to an end. */
export const CUT_SHORT: LintRule = {
  id: 'cut-short',
  severity: 'warning',
  documentation:
    'Loops and shadowed rules are looked for with a limited number of comparisons, so that lint answers in time.',
};

/** Every lint rule, by its id. */
export const LINT_RULES: ReadonlyMap<string, LintRule> = new Map(
  [...CHECKS.flatMap(({ rules }) => rules), ...DISTRO_RULES, CUT_SHORT].map((rule) => [rule.id, rule]),
);
