import { lintPolicy } from '../../../lib/policy/lint/lint.ts';
import type { Finding } from '../../../lib/policy/lint/lint.ts';

export const HUB = 'docker-image://docker.io/library/';

/** The findings for the text of a policy. */
export function lintText(text: string): Finding[] {
  return lintPolicy({ file: 'p.json', bytes: new TextEncoder().encode(text) });
}

/** The findings of some lint rules for a policy, each as `lint rule@number of the rule: message`. */
export function complaints(rules: readonly unknown[], ...ids: string[]): string[] {
  // One rule to a line, so that the line tells the rule.
  const text = `{"rules": [\n${rules.map((rule) => JSON.stringify(rule)).join(',\n')}\n]}`;
  return lintText(text)
    .filter(({ rule }) => ids.includes(rule))
    .map(({ rule, line, message }) => `${rule}@${line - 1}: ${message}`);
}

/** A rule with a WILDCARD selector, or with another one where `match_type` is given. */
export function rule(action: string, identifier: string, match_type?: string): Record<string, unknown> {
  return { action, selector: { identifier, match_type } };
}

/** A CONVERT rule. */
export function convert(identifier: string, to: string, match_type?: string): Record<string, unknown> {
  return { ...rule('CONVERT', identifier, match_type), updates: { identifier: to } };
}
