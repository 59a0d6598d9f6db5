import { parsePolicy } from '../parsePolicy.ts';
import type { PolicyFile } from '../parsePolicy.ts';
import type { Problem } from '../problem.ts';
import { lineMap, positionAt } from '../textPlace.ts';
import type { LineMap } from '../textPlace.ts';
import { CHECKS, CUT_SHORT, LINT_RULES } from './checks.ts';
import { findDistroProblems } from './distros.ts';
import type { LintedDistro } from './distros.ts';
import { lintedPolicy } from './lintedPolicy.ts';
import type { Severity } from './lintRule.ts';

/** Something wrong with a policy, with its place and what there is to know about it. */
export interface Finding extends Problem {
  severity: Severity;
  /** One line about the rule. */
  documentation: string;
  file: string;
  /** Lines and columns count from 1; the end is the place behind the last character. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** The text that offsets count in. */
  lines: LineMap;
}

/** The bytes of a policy file, under the name that findings show. */
export interface LintInput {
  file: string;
  bytes: Uint8Array;
}

/** What is wrong with one policy, in the order of its text. Never throws for what is in the file. */
export function lintPolicy({ file, bytes }: LintInput): Finding[] {
  return lintParsed(parsePolicy(file, bytes));
}

/** What is wrong with policies, each by itself and all together in what they do for the distros. */
export function lintPolicies(inputs: readonly LintInput[], distros: readonly LintedDistro[]): Finding[] {
  const files = inputs.map(({ file, bytes }) => parsePolicy(file, bytes));
  const together = findDistroProblems(files, distros).map(({ file, problem }) => {
    const lines = files.find((each) => each.file === file)?.lines ?? lineMap('');
    return findingOf(problem, file, lines);
  });
  return [...files.flatMap(lintParsed), ...together];
}

function lintParsed(file: PolicyFile): Finding[] {
  const policy = lintedPolicy(file);
  const problems = CHECKS.flatMap(({ find }) => [...find(policy)]);
  if (policy.isCutShort()) {
    const message =
      'this policy has so many rules alike that loops and shadowed rules were not looked for in all of them';
    problems.push({ rule: CUT_SHORT.id, message, offset: 0, length: 0 });
  }
  const findings = problems.map((problem) => findingOf(problem, file.file, file.lines));
  return findings.sort((a, b) => a.offset - b.offset);
}

function findingOf(problem: Problem, file: string, lines: LineMap): Finding {
  const rule = LINT_RULES.get(problem.rule);
  if (rule === undefined) throw new Error(`the lint rule "${problem.rule}" is documented nowhere`);
  const { line, column } = positionAt(lines, problem.offset);
  const end = positionAt(lines, problem.offset + problem.length);
  return {
    ...problem,
    severity: rule.severity,
    documentation: rule.documentation,
    file,
    line,
    column,
    endLine: end.line,
    endColumn: end.column,
    lines,
  };
}
