import type { Node } from 'jsonc-parser';
import { behaviourOf, NEWEST } from './behaviour.ts';
import type { Outcome, RuleStep } from './evaluate.ts';
import { explainMatch } from './explainMatch.ts';
import { judgeAsBuild } from './looks.ts';
import type { Look } from './looks.ts';
import { normalizeSource } from './normalizeSource.ts';
import { requirePolicy } from './parsePolicy.ts';
import type { PolicyFile } from './parsePolicy.ts';
import { newPatterns } from './patterns.ts';
import type { Patterns } from './patterns.ts';
import { ruleNodes } from './ruleNodes.ts';
import { positionAt } from './textPlace.ts';
import type { Action, MatchType, Policy, Rule, Source } from './types.ts';

/** The last release of each behaviour that is not the newest, newest first, and the release that ended it. */
const OLDER = [
  { version: 'v0.30', before: 'v0.31' },
  { version: 'v0.25', before: 'v0.26' },
] as const;

/** Of so many patterns the failing part is looked for; it takes several compilations each. */
const DETAILED_MISSES_MAX = 200;

export interface ExplainRequest {
  /** A reference or source as a person writes it: `debian:bookworm`, `https://…`, `local://context`. */
  asked: string;
  /** The policies, in the order in which BuildKit gets them. */
  files: readonly PolicyFile[];
  /** Attributes that the build sets on the source, such as `http.checksum`. */
  attrs?: ReadonlyMap<string, string>;
}

/** A source in plain JSON. */
export interface SourceReport {
  identifier: string;
  attrs: Record<string, string>;
}

export interface OutcomeReport extends SourceReport {
  kind: Outcome['kind'];
  changed: boolean;
  /** BuildKit's error text. */
  error?: string;
}

/** One rule as it was tried. */
export interface RuleReport {
  file: string;
  line: number;
  /** From 1, in its file. */
  rule: number;
  action: Action;
  matchType: MatchType;
  pattern: string;
  result: 'matches' | 'does not match' | 'error';
  /** Which part of the pattern, or which attribute, decides. */
  why: string;
  /** What a CONVERT that matches makes of the source: another one, the same one, or an error text. */
  update?: SourceReport | 'nothing changes' | { error: string };
}

/** One pass over the rules: after every change they are gone through again from the start. */
export interface PassReport extends SourceReport {
  rules: RuleReport[];
  /** How many rules were not tried any more. */
  untried: number;
}

/** One time that the build shows the source to the policies. */
export interface LookReport {
  when: Look['when'];
  passes: PassReport[];
  outcome: OutcomeReport;
}

/** Everything that policies do with a source. Plain JSON. */
export interface Explanation {
  asked: string;
  /** What the build asks for, once normalized. */
  source: SourceReport;
  looks: LookReport[];
  outcome: OutcomeReport;
  /** Releases with another outcome, newest first: all before `before`, down to the next entry. */
  older: { before: string; outcome: OutcomeReport }[];
}

/**
 * Tells step by step what policies do with a source. Builds nothing and asks no registry.
 *
 * @throws {Fault} for a source that BuildKit does not know, or a policy that it refuses.
 */
export function explain({ asked, files, attrs }: ExplainRequest): Explanation {
  const policies = files.map(requirePolicy);
  const normalized = normalizeSource(asked);
  const source = { ...normalized, attrs: new Map([...normalized.attrs, ...(attrs ?? [])]) };
  const patterns = newPatterns();
  const judge = (version: string) =>
    judgeAsBuild(policies, source, { behaviour: behaviourOf(version), patterns });

  const looks = judgeAsBuild(policies, source, { behaviour: NEWEST, patterns });
  const outcome = lastOutcome(looks);
  const older: Explanation['older'] = [];
  for (const { version, before } of policies.some(dependsOnRelease) ? OLDER : []) {
    const then = lastOutcome(judge(version));
    if (!sameOutcome(then, older.at(-1)?.outcome ?? outcome)) older.push({ before, outcome: then });
  }
  const reporter: Reporter = { files, nodes: files.map(ruleNodes), patterns, detailedMisses: 0 };
  const reports = looks.map((look) => reportLook(look, reporter));
  return { asked, source: reportSource(source), looks: reports, outcome, older };
}

/** Whether a policy has what releases treat differently (see `Behaviour`). */
function dependsOnRelease({ rules }: Policy): boolean {
  return rules.some(
    ({ action, selector }) =>
      (action === 'CONVERT' && selector?.match_type === 'EXACT') || (selector?.constraints.length ?? 0) > 0,
  );
}

interface Reporter {
  files: readonly PolicyFile[];
  nodes: readonly (readonly Node[])[];
  patterns: Patterns;
  detailedMisses: number;
}

function reportLook({ when, source, outcome, steps }: Look, reporter: Reporter): LookReport {
  const total = reporter.nodes.reduce((sum, nodes) => sum + nodes.length, 0);
  const passes: PassReport[] = [];
  let current = source;
  for (const [index, step] of steps.entries()) {
    const pass = (passes[step.pass] ??= { ...reportSource(current), rules: [], untried: 0 });
    pass.rules.push(reportRule(step, current, reporter));
    pass.untried = total - pass.rules.length;
    const ends = steps[index + 1]?.pass !== step.pass;
    if (ends && step.update !== undefined && 'source' in step.update) current = step.update.source;
  }
  return { when, passes, outcome: reportOutcome(outcome) };
}

function reportRule(step: RuleStep, source: Source, reporter: Reporter): RuleReport {
  const { match, update } = step;
  const { file, line, rule } = ruleAt(step, reporter);
  const { action, selector } = rule;
  if (selector === undefined) throw new Error('a rule without a selector is never tried');
  const misses = 'matched' in match && !match.matched && selector.match_type === 'REGEX';
  const detailed = !misses || reporter.detailedMisses++ < DETAILED_MISSES_MAX;
  const result = 'error' in match ? 'error' : match.matched ? 'matches' : 'does not match';
  return {
    file,
    line,
    rule: step.rule + 1,
    action,
    matchType: selector.match_type,
    pattern: selector.identifier,
    result,
    why: explainMatch(match, selector, source, { patterns: reporter.patterns, detailed }),
    ...(update === undefined ? {} : { update: reportUpdate(update) }),
  };
}

function ruleAt(step: RuleStep, { files, nodes }: Reporter): { file: string; line: number; rule: Rule } {
  const file = files[step.policy];
  const rule = file?.policy?.rules[step.rule];
  const node = nodes[step.policy]?.[step.rule];
  if (file === undefined || rule === undefined || node === undefined) {
    throw new Error('a rule that is tried stands in a file');
  }
  return { file: file.file, line: positionAt(file.lines, node.offset).line, rule };
}

function reportUpdate(update: NonNullable<RuleStep['update']>): NonNullable<RuleReport['update']> {
  if ('source' in update) return update.changed ? reportSource(update.source) : 'nothing changes';
  return 'error' in update ? update : { error: 'the identifier grows too long' };
}

function lastOutcome(looks: readonly Look[]): OutcomeReport {
  const last = looks.at(-1);
  if (last === undefined) throw new Error('a build looks at a source at least once');
  const changed = looks.some(({ outcome }) => outcome.changed);
  return { ...reportOutcome(last.outcome), changed };
}

function reportOutcome({ kind, source, changed, error }: Outcome): OutcomeReport {
  return { kind, ...reportSource(source), changed, ...(error === undefined ? {} : { error }) };
}

function reportSource({ identifier, attrs }: Source): SourceReport {
  return { identifier, attrs: Object.fromEntries(attrs) };
}

function sameOutcome(a: OutcomeReport, b: OutcomeReport): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
