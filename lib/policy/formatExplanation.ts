import type {
  Explanation,
  LookReport,
  OutcomeReport,
  PassReport,
  RuleReport,
  SourceReport,
} from './explain.ts';
import { SOME_DIGEST } from './looks.ts';
import { schemeOf } from './sourceKinds.ts';

/** Later passes show every rule again only while there are few of both. */
const RULES_REPEATED_MAX = 100;
const PASSES_IN_FULL = 3;

const WHEN = {
  resolve: "The frontend asks for the image's config:",
  load: 'The build asks for the source:',
} as const;

const EFFECT = {
  ALLOW: 'allowed, unless a later rule denies it',
  DENY: 'denied, unless a later rule allows it',
} as const;

/**
 * An explanation as text for a terminal: every rule in order, and in the end what BuildKit fetches or why it refuses.
 *
 * @param platform the platform that a person asked about, such as `linux/arm64`: policies do not see it.
 */
export function formatExplanation(explanation: Explanation, platform?: string): string {
  const { asked, source, looks, outcome, older } = explanation;
  const lines = [asked === source.identifier ? asked : `${asked} is ${formatSource(source)}`];
  if (platform !== undefined)
    lines.push(`Policies do not see the platform: all of this holds for ${platform} as for any.`);
  for (const look of looks) lines.push('', ...formatLook(look));
  lines.push('', ...formatOutcome(outcome, looks, platform));
  for (const { before, outcome: then } of older) {
    lines.push(`BuildKit before ${before} differs: ${describeOutcome(then)}`);
  }
  return `${lines.join('\n').replaceAll(SOME_DIGEST, 'sha256:…')}\n`;
}

function formatLook({ when, passes }: LookReport): string[] {
  const withDigest = passes[0]?.identifier.endsWith(SOME_DIGEST) === true;
  return [
    withDigest
      ? 'The build asks for the image, to which a Dockerfile adds the digest that was found:'
      : WHEN[when],
    ...passes.flatMap((pass, index) => formatPass(pass, index)),
    ...(passes.length === 0 ? ['  no rule to try'] : []),
  ];
}

function formatPass(pass: PassReport, index: number): string[] {
  const inFull = index === 0 || (index < PASSES_IN_FULL && pass.rules.length <= RULES_REPEATED_MAX);
  const rules = pass.rules.filter(({ result }) => inFull || result !== 'does not match');
  const left = pass.rules.length - rules.length;
  return [
    `  ${formatSource(pass)}`,
    ...rules.flatMap(formatRule),
    ...(left > 0 ? [`    ${count(left)} more ${left === 1 ? 'does' : 'do'} not match`] : []),
    ...(pass.untried > 0
      ? [`    ${count(pass.untried)} ${pass.untried === 1 ? 'is' : 'are'} not tried`]
      : []),
  ];
}

function formatRule(report: RuleReport): string[] {
  const { file, line, rule, action, matchType, pattern, result, why } = report;
  return [
    `    ${file}:${line} rule ${rule}: ${action} ${matchType} ${pattern}`,
    `      ${result === 'error' ? 'BuildKit fails' : result}: ${why}`,
    ...(result === 'matches' ? [`      ${formatEffect(report)}`] : []),
  ];
}

function formatEffect({ action, update }: RuleReport): string {
  if (action !== 'CONVERT') return EFFECT[action];
  if (update === undefined || update === 'nothing changes') return 'it already is what this rule makes of it';
  if ('error' in update) return `BuildKit fails: ${update.error}`;
  return `becomes ${formatSource(update)}; the rules are tried again from the first`;
}

function formatOutcome(outcome: OutcomeReport, looks: readonly LookReport[], platform?: string): string[] {
  const lines = [`BuildKit ${describeOutcome(outcome)}${platform === undefined ? '' : ` (${platform})`}`];
  const decider = looks
    .at(-1)
    ?.passes.at(-1)
    ?.rules.findLast(({ action, result }) => result === 'matches' && action !== 'CONVERT');
  if (outcome.kind === 'denied' && decider !== undefined) {
    lines.push(
      `Decided by ${decider.file}:${decider.line}, rule ${decider.rule}: the last rule that matches.`,
    );
  }
  if (outcome.kind === 'allowed' && decider === undefined)
    lines.push('No rule denies it, and what no rule denies is allowed.');
  const scheme = schemeOf(outcome.identifier);
  if (looks.at(-1)?.when === 'resolve' && outcome.kind === 'allowed' && scheme !== 'oci-layout') {
    lines.push(`A FROM fails with it: it was an image, and ${scheme ?? 'this'} is none.`);
  }
  return lines;
}

function describeOutcome(outcome: OutcomeReport): string {
  if (outcome.kind === 'allowed') return `fetches ${formatSource(outcome)}`;
  return `refuses ${formatSource(outcome)}: ${outcome.error ?? ''}`;
}

function formatSource({ identifier, attrs }: SourceReport): string {
  const set = Object.entries(attrs).map(([key, value]) => `${key}=${value}`);
  return set.length === 0 ? identifier : `${identifier} [${set.join(', ')}]`;
}

function count(rules: number): string {
  return rules === 1 ? '1 rule' : `${rules} rules`;
}
