import { LINT_RULES } from './checks.ts';
import { lintPolicy } from './lint.ts';
import type { LintRule, Severity } from './lintRule.ts';
import { RULE_EXAMPLES, type RuleExample } from './ruleExamples.ts';

const HEADINGS: readonly (readonly [severity: Severity, heading: string])[] = [
  ['error', 'Errors'],
  ['warning', 'Warnings'],
];

/** The text of `docs/lint-rules.md`: every lint rule with its line of documentation, an example and what lint says to it. */
export function rulesPage(): string {
  const rules = [...LINT_RULES.values()];
  const sections = HEADINGS.flatMap(([severity, heading]) => [
    `## ${heading}`,
    ...rules.filter((rule) => rule.severity === severity).map(formatRule),
  ]);
  // Examples are laid out to be read, one rule to a line.
  const examples = ['<!-- prettier-ignore-start -->', ...sections, '<!-- prettier-ignore-end -->'];
  return `${[INTRODUCTION, ...examples].join('\n\n')}\n`;
}

const INTRODUCTION = `# Lint rules

What \`make lint\` looks for in source policies. An error makes BuildKit fail, or do what nobody can mean, and \`make lint\` end
with 1; a warning is likely a mistake. \`FIX=1\` mends what can be mended without a change of meaning. This page is written by
\`make generate\`.`;

function formatRule({ id, documentation }: LintRule): string {
  const example = RULE_EXAMPLES[id];
  if (example === undefined) throw new Error(`the lint rule "${id}" has no example`);
  return [`### ${id}`, documentation, ...formatExample(id, example)].join('\n\n');
}

function formatExample(id: string, example: RuleExample): string[] {
  if ('said' in example) return [example.said];
  const { policy } = example;
  const found = lintPolicy({ file: 'policy.json', bytes: new TextEncoder().encode(policy) });
  const finding = found.find(({ rule }) => rule === id);
  if (finding === undefined) throw new Error(`the example of the lint rule "${id}" does not break it`);
  const { line, column, message, next, fix } = finding;
  const hint = [next, fix === undefined ? undefined : `FIX=1: ${fix.title}`];
  const said = [
    `policy.json:${line}:${column}: ${message}`,
    ...hint.flatMap((one) => (one === undefined ? [] : `  ${one}`)),
  ];
  return [`\`\`\`json\n${policy}\n\`\`\``, `\`\`\`text\n${said.join('\n')}\n\`\`\``];
}
