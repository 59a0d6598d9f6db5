import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** What old releases of BuildKit read in another way. */
export const releases: Check = {
  rules: [
    {
      id: 'shared-constraints',
      severity: 'warning',
      documentation:
        'Before v0.26, as in Docker Engine 28, rules with the same identifier and match type were all held to the constraints of the first.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules }: LintedPolicy): Iterable<Problem> {
  const first = new Map<string, LintedRule>();
  for (const rule of rules) {
    const key = `${rule.selector.match_type} ${rule.selector.identifier}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, rule);
    else if (JSON.stringify(other.selector.constraints) !== JSON.stringify(rule.selector.constraints)) {
      yield {
        rule: 'shared-constraints',
        message: `BuildKit before v0.26 holds this rule to the constraints of rule ${other.index + 1}, which selects the same`,
        next: 'write one of the two identifiers in another way, such as a REGEX',
        ...placeOf(rule.at.selector),
      };
    }
  }
}
