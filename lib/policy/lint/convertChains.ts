import { applyUpdate } from '../applyUpdate.ts';
import { NEWEST } from '../behaviour.ts';
import { matchSelector } from '../matchSelector.ts';
import type { Patterns } from '../patterns.ts';
import type { Source } from '../types.ts';
import type { LintedRule } from './lintedPolicy.ts';
import type { RuleIndex } from './ruleIndex.ts';

/** After this many changes BuildKit gives up. */
const CHANGES_MAX = 20;

/** One change that the rules of a policy make to a source. */
export interface Change {
  rule: LintedRule;
  to: Source;
}

/** How the rules of one policy change a source, one change after the other. */
export interface Chain {
  changes: readonly Change[];
  /** Whether they would go on without end. */
  isEndless: boolean;
}

/** Follows a source through the CONVERT rules; undefined where the index is exhausted. */
export function followConversions(source: Source, index: RuleIndex, patterns: Patterns): Chain | undefined {
  const changes: Change[] = [];
  let current = source;
  for (;;) {
    const candidates = index.candidates(current.identifier);
    if (candidates === undefined) return undefined;
    const change = firstChange(candidates, current, patterns);
    if (change === undefined) return { changes, isEndless: false };
    if (change === 'too-long') return { changes, isEndless: true };
    changes.push(change);
    if (changes.length > CHANGES_MAX) return { changes, isEndless: true };
    current = change.to;
  }
}

function firstChange(
  candidates: readonly LintedRule[],
  source: Source,
  patterns: Patterns,
): Change | 'too-long' | undefined {
  for (const rule of candidates) {
    if (rule.action !== 'CONVERT') continue;
    const match = matchSelector(rule.selector, rule.selector.constraints, source, patterns);
    if ('error' in match || !match.matched) continue;
    const update = applyUpdate(rule.updates, rule.selector, source, patterns, NEWEST);
    if ('tooLong' in update) return 'too-long';
    if ('source' in update && update.changed) return { rule, to: update.source };
  }
  return undefined;
}
