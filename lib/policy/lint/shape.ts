import type { Node } from 'jsonc-parser';
import { valueOf } from '../goFields.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { ruleNodes } from '../ruleNodes.ts';
import type { LintedPolicy } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** Parts that are missing, or written and without meaning. */
export const shape: Check = {
  rules: [
    {
      id: 'missing-selector',
      severity: 'error',
      documentation:
        'One rule without a selector makes BuildKit refuse the whole policy, and no sooner than in the build.',
    },
    {
      id: 'no-rules',
      severity: 'warning',
      documentation: 'A policy without rules allows everything.',
    },
    {
      id: 'unknown-version',
      severity: 'warning',
      documentation: 'The version of source policies is 1; BuildKit does not look at it.',
    },
    {
      id: 'empty-constraint',
      severity: 'warning',
      documentation:
        'A constraint without a key asks for an attribute without a name, which no source has: it reads as the empty string.',
    },
    {
      id: 'updates-ignored',
      severity: 'warning',
      documentation: 'BuildKit looks at "updates" in CONVERT rules alone.',
    },
  ],
  find: inPolicy,
};

function* inPolicy(policy: LintedPolicy): Iterable<Problem> {
  const { file, rules } = policy;
  if (file.policy === undefined || file.root === undefined) return;
  const version = valueOf(file.root, 'version');
  if (version !== undefined && file.policy.version !== 1) {
    const fix = { title: 'write version 1', edits: [{ ...placeOf(version), text: '1' }] };
    yield {
      rule: 'unknown-version',
      message: 'there is no version of source policies but 1',
      ...placeOf(version),
      fix,
    };
  }
  if (file.policy.rules.length === 0) {
    yield { rule: 'no-rules', message: 'a policy without rules allows everything', ...placeOf(file.root) };
  }
  for (const [index, node] of ruleNodes(file).entries()) {
    if (file.policy.rules[index]?.selector === undefined) yield missingSelector(node);
  }
  for (const { action, updates, constraints, at } of rules) {
    if (updates !== undefined && action !== 'CONVERT') {
      const message = `BuildKit ignores the updates of a rule whose action is ${action}`;
      yield {
        rule: 'updates-ignored',
        message,
        next: 'leave them out, or write CONVERT',
        ...placeOf(at.updates),
      };
    }
    for (const { constraint, node } of constraints) {
      if (constraint.key === '') {
        yield { rule: 'empty-constraint', message: 'this constraint names no attribute', ...placeOf(node) };
      }
    }
  }
}

function missingSelector(node: Node): Problem {
  return {
    rule: 'missing-selector',
    message:
      'this rule has no selector; BuildKit refuses the whole policy in the build: "invalid nil selector in policy"',
    next: 'say what it is about: "selector": {"identifier": "docker-image://…"}',
    ...placeOf(node),
  };
}
