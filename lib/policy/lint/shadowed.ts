import { applyUpdate } from '../applyUpdate.ts';
import { NEWEST } from '../behaviour.ts';
import { matchSelector } from '../matchSelector.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { positionAt } from '../textPlace.ts';
import { covers } from './coverage.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';
import { STAR } from './ruleIndex.ts';

/** Rules that never decide anything because of another rule. */
export const shadowed: Check = {
  rules: [
    {
      id: 'shadowed',
      severity: 'warning',
      documentation:
        'A CONVERT that changes a source ends the pass: rules behind it never see what it takes.',
    },
    {
      id: 'overruled',
      severity: 'warning',
      documentation:
        'Of the ALLOW and DENY rules that match, the last one wins: the general rule comes first, its exceptions behind it.',
    },
  ],
  find: inPolicy,
};

function* inPolicy(policy: LintedPolicy): Iterable<Problem> {
  const { file, rules, index, patterns } = policy;
  for (const rule of rules) {
    const { identifier, match_type } = rule.selector;
    const text = match_type === 'WILDCARD' ? identifier.replaceAll('*', STAR) : identifier;
    const candidates = index.candidates(text);
    if (candidates === undefined) return;
    const others = candidates.filter(
      (other) => other !== rule && covers(other.selector, rule.selector, patterns),
    );
    const before = others.find((other) => other.index < rule.index && alwaysConverts(other, rule, policy));
    const behind = others.find((other) => other.index > rule.index && other.action !== 'CONVERT');
    const where = (other: LintedRule) =>
      `rule ${other.index + 1} (line ${positionAt(file.lines, other.at.rule.offset).line})`;
    if (before !== undefined) {
      yield {
        rule: 'shadowed',
        message: `${where(before)} converts everything that this rule matches before it gets here`,
        next: 'put this rule in front of it, or leave it out',
        ...placeOf(rule.at.identifier),
      };
    } else if (behind !== undefined && rule.action !== 'CONVERT') {
      yield {
        rule: 'overruled',
        message: `${where(behind)} matches everything that this rule does and comes later: its ${behind.action} wins`,
        next:
          behind.action === rule.action
            ? 'leave this rule out'
            : 'the last rule that matches wins: put this rule behind that one',
        ...placeOf(rule.at.identifier),
      };
    }
  }
}

/** Whether a CONVERT changes whatever a narrower rule takes, as far as a sample tells. */
function alwaysConverts(
  convert: LintedRule,
  narrow: LintedRule,
  { patterns, sample }: LintedPolicy,
): boolean {
  const source = sample(narrow);
  if (convert.action !== 'CONVERT' || convert.updates === undefined || source === undefined) return false;
  // What already is as the CONVERT would make it gets past it.
  const fixpoint = matchSelector(narrow.selector, [], convert.updates, patterns);
  if (!('matched' in fixpoint) || fixpoint.matched) return false;
  const update = applyUpdate(convert.updates, convert.selector, source, patterns, NEWEST);
  return 'source' in update && update.changed;
}
