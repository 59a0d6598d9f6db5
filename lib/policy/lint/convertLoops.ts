import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { followConversions } from './convertChains.ts';
import type { Chain, Change } from './convertChains.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** By then a chain has come to the part that it goes round in, if there is one. */
const SETTLED = 10;

/** CONVERT rules that never come to an end. */
export const convertLoops: Check = {
  rules: [
    {
      id: 'convert-feeds-itself',
      severity: 'error',
      documentation:
        'What a CONVERT makes goes through all rules again: if it matches the same rule, BuildKit fails after 20 changes.',
    },
    {
      id: 'convert-loop',
      severity: 'error',
      documentation:
        'What a CONVERT makes goes through all rules again: rules that send it round fail the build after 20 changes.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ rules, index, patterns, sample }: LintedPolicy): Iterable<Problem> {
  const reported = new Set<LintedRule>();
  for (const rule of rules) {
    if (rule.action !== 'CONVERT' || reported.has(rule)) continue;
    const source = sample(rule);
    if (source === undefined) continue;
    const chain = followConversions(source, index, patterns);
    if (chain === undefined) return;
    const round = roundOf(chain);
    const first = round[0];
    if (first === undefined || round.some((member) => reported.has(member))) continue;
    for (const member of round) reported.add(member);
    yield problemOf(first, round, source.identifier, chain.changes);
  }
}

/** The rules that an endless chain ends up going round in, the first of the file first; none where it ends. */
function roundOf({ changes, isEndless }: Chain): LintedRule[] {
  if (!isEndless) return [];
  const last = changes.slice(changes.length > SETTLED ? SETTLED : -1).map(({ rule }) => rule);
  return [...new Set(last)].sort((a, b) => a.index - b.index);
}

function problemOf(
  rule: LintedRule,
  round: readonly LintedRule[],
  from: string,
  changes: readonly Change[],
): Problem {
  const steps = [from, ...changes.slice(0, 3).map(({ to }) => to.identifier)].map(
    (step) => `"${shortened(step)}"`,
  );
  const path = `${steps.join(', then ')} and so on`;
  const others = round.filter((other) => other !== rule).map((other) => `${other.index + 1}`);
  if (others.length === 0) {
    return {
      rule: 'convert-feeds-itself',
      message: `what this rule makes it takes again: ${path}; BuildKit gives up after 20 changes`,
      next: 'select so that the result no longer matches, or leave out of the update what makes it match',
      ...placeOf(rule.at.identifier),
    };
  }
  return {
    rule: 'convert-loop',
    message: `this rule and ${others.length === 1 ? 'rule' : 'rules'} ${others.join(', ')} send a source round: ${path}; BuildKit gives up after 20 changes`,
    next: 'let one of them select less',
    ...placeOf(rule.at.identifier),
  };
}

function shortened(identifier: string): string {
  return identifier.length > 120 ? `${identifier.slice(0, 60)}…${identifier.slice(-50)}` : identifier;
}
