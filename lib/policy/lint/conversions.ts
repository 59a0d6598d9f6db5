import { applyUpdate } from '../applyUpdate.ts';
import { NEWEST } from '../behaviour.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { Source, Update } from '../types.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';
import { sampleOf } from './samples.ts';

/** CONVERT rules that do nothing, or not what they say. */
export const conversions: Check = {
  rules: [
    {
      id: 'convert-without-updates',
      severity: 'error',
      documentation: 'A CONVERT needs "updates"; without, every source that it matches fails the build.',
    },
    {
      id: 'convert-changes-nothing',
      severity: 'warning',
      documentation: 'A CONVERT that makes a source what it already is has no effect at all.',
    },
    {
      id: 'convert-writes-pattern',
      severity: 'error',
      documentation:
        'Updates without an identifier take the one of the selector, pattern and all; to keep the source write its captures.',
    },
    {
      id: 'exact-convert',
      severity: 'warning',
      documentation:
        'Before v0.31, as in Docker Engine 28, BuildKit ignores the new identifier of an EXACT selector; a WILDCARD without * matches the same and works in all.',
    },
  ],
  find: inPolicy,
};

function* inPolicy(policy: LintedPolicy): Iterable<Problem> {
  for (const rule of policy.rules) {
    if (rule.action !== 'CONVERT') continue;
    const { updates, selector } = rule;
    if (updates === undefined) yield withoutUpdates(rule);
    else if (writesPattern(rule, updates)) yield writingPattern(rule);
    else if (changesNothing(rule, policy)) yield changingNothing(rule);
    else if (selector.match_type === 'EXACT' && updates.identifier !== '')
      yield exact(rule, updates, policy.file.lines.text);
  }
}

function withoutUpdates({ at }: LintedRule): Problem {
  return {
    rule: 'convert-without-updates',
    message:
      'this CONVERT has no updates; every source that it matches fails the build: "missing destination for convert rule"',
    next: 'say what to fetch instead: "updates": {"identifier": "docker-image://…"}',
    ...placeOf(at.rule),
  };
}

function writesPattern({ selector: { identifier, match_type } }: LintedRule, updates: Update): boolean {
  const isPattern = match_type === 'REGEX' ? /[\\^$.|?*+()[\]{}]/.test(identifier) : identifier.includes('*');
  return updates.identifier === '' && match_type !== 'EXACT' && isPattern;
}

function writingPattern({ selector, at }: LintedRule): Problem {
  const kept =
    selector.match_type === 'WILDCARD'
      ? `"identifier": ${JSON.stringify(withCaptures(selector.identifier))}`
      : '"identifier": "$0", with a pattern that takes the whole identifier';
  return {
    rule: 'convert-writes-pattern',
    message: `without an identifier these updates make every source the text "${selector.identifier}"`,
    next: `to keep what the source is called write ${kept}`,
    ...placeOf(at.updates),
  };
}

/** A wildcard as an update that keeps what it matched. */
function withCaptures(wildcard: string): string {
  let number = 0;
  return wildcard.replaceAll('$', '$$$$').replaceAll('*', () => `\${${++number}}`);
}

/** Two sources tell a rule that changes nothing from one that happens to make what the sample already is. */
function changesNothing(rule: LintedRule, policy: LintedPolicy): boolean {
  const isUnchanged = (sample: Source | undefined) => {
    if (sample === undefined) return false;
    const update = applyUpdate(rule.updates, rule.selector, sample, policy.patterns, NEWEST);
    return 'source' in update && !update.changed;
  };
  return isUnchanged(policy.sample(rule)) && isUnchanged(sampleOf(rule.selector, policy.patterns, '2'));
}

function changingNothing({ at }: LintedRule): Problem {
  return {
    rule: 'convert-changes-nothing',
    message: 'this CONVERT makes of a source what it already is',
    next: 'write another identifier or an attribute into its updates, or leave the rule out',
    ...placeOf(at.destination),
  };
}

function exact({ at, selector, matchTypeNode }: LintedRule, updates: Update, text: string): Problem {
  // In an EXACT rule a $ is a dollar; with stars the identifier would become a pattern.
  const isMechanical = !updates.identifier.includes('$') && !selector.identifier.includes('*');
  const node = matchTypeNode ?? at.selector;
  const fix = { title: 'write "WILDCARD"', edits: [{ ...placeOf(node), text: '"WILDCARD"' }] };
  const isWritten = matchTypeNode !== undefined && text.startsWith('"', node.offset);
  return {
    rule: 'exact-convert',
    message:
      'BuildKit before v0.31 matches this EXACT rule and then leaves the source as it is, without a word',
    next: 'a WILDCARD without * matches the same and is converted by every release',
    ...placeOf(node),
    ...(isMechanical && isWritten ? { fix } : {}),
  };
}
