import { applyUpdate } from './applyUpdate.ts';
import type { Applied } from './applyUpdate.ts';
import { NEWEST } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { IDENTIFIER_MAX } from './expandTemplate.ts';
import { matchSelector } from './matchSelector.ts';
import type { Match } from './matchSelector.ts';
import { newPatterns } from './patterns.ts';
import type { Patterns } from './patterns.ts';
import { quoteGo } from './quoteGo.ts';
import type { AttrConstraint, Policy, Rule, Selector, Source } from './types.ts';

/** After this many changes to one source BuildKit gives up (sourcepolicy/engine.go). */
const CHANGES_MAX = 20;

const TOO_LONG = `the identifier grows past ${IDENTIFIER_MAX} characters, more than any registry or server takes`;

/** What becomes of a source. `source` is as it stood at the end; `changed` says whether a CONVERT touched it. */
export interface Outcome {
  kind: 'allowed' | 'denied' | 'too-many-changes' | 'error' | 'too-long';
  source: Source;
  changed: boolean;
  /** BuildKit's error text, word for word; undefined for `allowed`. For `too-long`, where BuildKit has none, our own. */
  error?: string;
}

/** One rule held against the source. */
export interface RuleStep {
  /** Indices from 0: of the pass over all policies, of the policy, and of the rule in it. */
  pass: number;
  policy: number;
  rule: number;
  match: Match;
  /** What a CONVERT that matched made of the source. */
  update?: Applied;
}

export interface EvaluateOptions {
  /** Which BuildKit to follow: the newest by default. */
  behaviour?: Behaviour;
  /** Compiled patterns to share between evaluations. */
  patterns?: Patterns;
  /** Called for every rule as it is tried. */
  onRule?: (step: RuleStep) => void;
}

/**
 * Judges a source by policies as BuildKit does. In each policy the rules are tried in order; the last ALLOW or DENY
 * that matches wins, and without one the source is allowed. A CONVERT that changes something ends the pass at once,
 * whatever matched before it, and all policies are gone through again with what it made.
 *
 * Follows BuildKit sourcepolicy/engine.go, and `validateSourcePolicy` of solver/llbsolver/policy.go.
 */
export function evaluate(
  policies: readonly Policy[],
  source: Source,
  options: EvaluateOptions = {},
): Outcome {
  if (policies.some(({ rules }) => rules.some(({ selector }) => selector === undefined))) {
    return { kind: 'error', source, changed: false, error: 'invalid nil selector in policy' };
  }
  const engine: Engine = {
    behaviour: options.behaviour ?? NEWEST,
    patterns: options.patterns ?? newPatterns(),
    firstConstraints: new Map(),
    onRule: options.onRule ?? (() => undefined),
  };
  let current = source;
  for (let pass = 0; pass <= CHANGES_MAX; pass++) {
    const changed = pass > 0;
    const end = passOver(policies, current, pass, engine);
    if (end === undefined) return { kind: 'allowed', source: current, changed };
    if (end.kind !== 'changed') return { ...end, source: current, changed };
    current = end.source;
  }
  const error = 'too many mutations on a single source: too many operations';
  return { kind: 'too-many-changes', source: current, changed: true, error };
}

interface Engine {
  behaviour: Behaviour;
  patterns: Patterns;
  /** By match type and identifier; see `Behaviour.ownConstraints`. */
  firstConstraints: Map<string, readonly AttrConstraint[]>;
  onRule: (step: RuleStep) => void;
}

type PassEnd = { kind: 'changed'; source: Source } | { kind: 'denied' | 'error' | 'too-long'; error: string };

/** One pass over all policies; undefined where nothing stops the source. */
function passOver(
  policies: readonly Policy[],
  source: Source,
  pass: number,
  engine: Engine,
): PassEnd | undefined {
  for (const [index, { rules }] of policies.entries()) {
    const end = passOverRules(rules, source, { pass, policy: index }, engine);
    if (end !== undefined) return end;
  }
  return undefined;
}

function passOverRules(
  rules: readonly Rule[],
  source: Source,
  at: { pass: number; policy: number },
  engine: Engine,
): PassEnd | undefined {
  let denied = false;
  for (const [index, rule] of rules.entries()) {
    const selector = rule.selector;
    if (selector === undefined) continue;
    const match = matchSelector(selector, constraintsFor(selector, engine), source, engine.patterns);
    const step: RuleStep = { pass: at.pass, policy: at.policy, rule: index, match };
    if ('matched' in match && match.matched && rule.action === 'CONVERT') {
      step.update = applyUpdate(rule.updates, selector, source, engine.patterns, engine.behaviour);
    }
    engine.onRule(step);
    if ('error' in match) return { kind: 'error', error: `error matching source policy: ${match.error}` };
    if (!match.matched) continue;
    if (step.update === undefined) denied = rule.action === 'DENY';
    else if ('tooLong' in step.update) return { kind: 'too-long', error: TOO_LONG };
    else if ('error' in step.update) {
      return { kind: 'error', error: `error mutating source policy: ${step.update.error}` };
    } else if (step.update.changed) return { kind: 'changed', source: step.update.source };
  }
  if (!denied) return undefined;
  const error = `source ${quoteGo(source.identifier)} denied by policy: source denied by policy`;
  return { kind: 'denied', error };
}

function constraintsFor(selector: Selector, engine: Engine): readonly AttrConstraint[] {
  if (engine.behaviour.ownConstraints) return selector.constraints;
  const key = `${selector.match_type} ${selector.identifier}`;
  const first = engine.firstConstraints.get(key) ?? selector.constraints;
  engine.firstConstraints.set(key, first);
  return first;
}
