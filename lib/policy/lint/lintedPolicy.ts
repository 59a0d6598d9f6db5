import type { Node } from 'jsonc-parser';
import { knownKey, propertiesOf } from '../goFields.ts';
import type { PolicyFile } from '../parsePolicy.ts';
import { newPatterns } from '../patterns.ts';
import type { Patterns } from '../patterns.ts';
import { ruleNodes } from '../ruleNodes.ts';
import type { Action, AttrConstraint, Selector, Source, Update } from '../types.ts';
import { indexRules } from './ruleIndex.ts';
import type { RuleIndex } from './ruleIndex.ts';
import { sampleOf } from './samples.ts';

/** Compiling takes the most time of all: beyond this, rules get no samples that need it. */
const COMPILED_MAX = 2000;

/** A rule with a selector, and where its parts stand. A part that is not written stands where the rule does. */
export interface LintedRule {
  /** From 0, in the order of the file. */
  index: number;
  action: Action;
  selector: Selector;
  updates: Update | undefined;
  at: Readonly<Record<'rule' | 'action' | 'selector' | 'identifier' | 'updates' | 'destination', Node>>;
  /** Where `match_type` is written, if it is. */
  matchTypeNode: Node | undefined;
  /** Where each constraint is written. */
  constraints: readonly { constraint: AttrConstraint; node: Node }[];
}

/** What checks look at. */
export interface LintedPolicy {
  file: PolicyFile;
  /** The rules of a policy that BuildKit takes, but those without a selector; none where it refuses the file. */
  rules: readonly LintedRule[];
  index: RuleIndex;
  patterns: Patterns;
  /** A source that a rule takes; see `sampleOf`. */
  sample: (rule: LintedRule) => Source | undefined;
  /** Whether there were too many rules to look at all of them closely. */
  isCutShort: () => boolean;
}

/** Prepares a file for the checks. */
export function lintedPolicy(file: PolicyFile): LintedPolicy {
  const patterns = newPatterns();
  const rules = ruleNodes(file).flatMap((node, index) => lintedRule(file, node, index) ?? []);
  const index = indexRules(rules, patterns);
  const known = new Map<LintedRule, Source | undefined>();
  let skipped = false;
  const sample = (rule: LintedRule) => {
    if (!known.has(rule) && rule.selector.match_type === 'REGEX' && patterns.compiled() > COMPILED_MAX) {
      skipped = true;
      return undefined;
    }
    if (!known.has(rule)) known.set(rule, sampleOf(rule.selector, patterns, '1'));
    return known.get(rule);
  };
  return { file, rules, patterns, index, sample, isCutShort: () => skipped || index.isExhausted() };
}

function lintedRule({ policy }: PolicyFile, node: Node, index: number): LintedRule | undefined {
  const rule = policy?.rules[index];
  if (rule?.selector === undefined) return undefined;
  const parts = partsOf(node, ['action', 'selector', 'updates']);
  const selectorNode = parts.selector ?? node;
  const selectorParts = partsOf(parts.selector, ['identifier', 'match_type', 'constraints']);
  const updates = parts.updates ?? node;
  const constraintNodes = selectorParts.constraints?.children ?? [];
  return {
    index,
    action: rule.action,
    selector: rule.selector,
    updates: rule.updates,
    at: {
      rule: node,
      action: parts.action ?? node,
      selector: selectorNode,
      identifier: selectorParts.identifier ?? selectorNode,
      updates,
      destination: partsOf(parts.updates, ['identifier']).identifier ?? updates,
    },
    matchTypeNode: selectorParts.match_type,
    constraints: rule.selector.constraints.map((constraint, at) => ({
      constraint,
      node: constraintNodes[at] ?? selectorNode,
    })),
  };
}

/** The values of some keys of an object, as Go's decoder picks them. */
function partsOf<K extends string>(node: Node | undefined, keys: readonly K[]): Partial<Record<K, Node>> {
  const parts: Partial<Record<K, Node>> = {};
  for (const { key, valueNode } of node?.type === 'object' ? propertiesOf(node) : []) {
    const known = knownKey(key, keys);
    if (known !== undefined) parts[known] = valueNode;
  }
  return parts;
}
