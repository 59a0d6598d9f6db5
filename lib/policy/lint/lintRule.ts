import type { Problem } from '../problem.ts';
import type { LintedPolicy } from './lintedPolicy.ts';

export type Severity = 'error' | 'warning';

/** What a lint rule is about. */
export interface LintRule {
  id: string;
  /** An error makes BuildKit fail or do what nobody can mean; a warning is likely a mistake. */
  severity: Severity;
  /** One line: what BuildKit does, and therefore what to write. */
  documentation: string;
}

/** Lint rules together with the look that finds what breaks them. */
export interface Check {
  rules: readonly LintRule[];
  find: (policy: LintedPolicy) => Iterable<Problem>;
}
