import { matchSelector } from '../matchSelector.ts';
import { SOME_DIGEST } from '../looks.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { IMAGE } from '../sourceKinds.ts';
import { followConversions } from './convertChains.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';

/** What every build with a context asks for. */
const CONTEXTS = ['local://context', 'local://dockerfile'] as const;

/** One source of every common kind: what denies all of these denies everything. */
const ALL_KINDS = ['docker-image://docker.io/library/scratchpad:0', 'https://host.example/file', 'git://host.example/repository', ...CONTEXTS] as const; // prettier-ignore

/** Policies that let through more, or less, than their rules seem to. */
export const openPolicy: Check = {
  rules: [
    {
      id: 'allow-only',
      severity: 'warning',
      documentation:
        'What no rule denies is allowed: a policy of ALLOW rules alone allows everything. Start it with a DENY of "*".',
    },
    {
      id: 'deny-forgets-local',
      severity: 'warning',
      documentation:
        'The build context and the Dockerfile are sources too, local://context and local://dockerfile: a DENY of everything needs an ALLOW of local://*.',
    },
    {
      id: 'allow-forgets-digest',
      severity: 'warning',
      documentation:
        'A Dockerfile asks for an image twice, the second time with its digest: an ALLOW of a tag needs one of the tag with @* beside it.',
    },
  ],
  find: inPolicy,
};

function* inPolicy(policy: LintedPolicy): Iterable<Problem> {
  const { rules, file } = policy;
  const [first] = rules;
  if (
    first !== undefined &&
    rules.length === file.policy?.rules.length &&
    rules.every(({ action }) => action === 'ALLOW')
  ) {
    yield {
      rule: 'allow-only',
      message: 'this policy allows everything: what no rule denies is allowed, and no rule denies',
      next: 'to allow nothing else put {"action": "DENY", "selector": {"identifier": "*"}} first',
      ...placeOf(first.at.rule),
    };
  }
  yield* forgottenContexts(policy);
  yield* forgottenDigests(policy);
}

function* forgottenContexts(policy: LintedPolicy): Iterable<Problem> {
  const denies = policy.rules.filter(({ action }) => action === 'DENY');
  for (const context of CONTEXTS) {
    const decider = deciderOf(context, policy);
    if (decider?.action !== 'DENY') continue;
    const deniesAll = denies.find((rule) => ALL_KINDS.every((identifier) => takes(rule, identifier, policy)));
    if (deniesAll === undefined) continue;
    yield {
      rule: 'deny-forgets-local',
      message: `this denies ${context} too, and with it every build that has a ${context === CONTEXTS[0] ? 'context' : 'Dockerfile'} on the client's disk`,
      next: 'behind it put {"action": "ALLOW", "selector": {"identifier": "local://*"}}',
      ...placeOf(deniesAll.at.identifier),
    };
    return;
  }
}

function* forgottenDigests(policy: LintedPolicy): Iterable<Problem> {
  if (!policy.rules.some(({ action }) => action === 'DENY')) return;
  for (const rule of policy.rules) {
    const { identifier } = rule.selector;
    if (rule.action !== 'ALLOW' || !identifier.startsWith(IMAGE) || /[*@]/.test(identifier)) continue;
    if (rule.selector.match_type === 'REGEX' || deciderOf(identifier, policy) !== rule) continue;
    if (deciderOf(`${identifier}@${SOME_DIGEST}`, policy)?.action !== 'DENY') continue;
    yield {
      rule: 'allow-forgets-digest',
      message: 'this allows the tag, and the same image is denied once the build asks for it with its digest',
      next: `beside it put an ALLOW of "${identifier}@*"`,
      ...placeOf(rule.at.identifier),
    };
  }
}

/** The ALLOW or DENY that decides on a source without attributes, once no CONVERT changes it any more. */
function deciderOf(identifier: string, { index, patterns, ...policy }: LintedPolicy): LintedRule | undefined {
  const asked = { identifier, attrs: new Map<string, string>() };
  const chain = followConversions(asked, index, patterns);
  if (chain === undefined || chain.isEndless) return undefined;
  const { identifier: final } = chain.changes.at(-1)?.to ?? asked;
  return index
    .candidates(final)
    ?.findLast((rule) => rule.action !== 'CONVERT' && takes(rule, final, { index, patterns, ...policy }));
}

function takes({ selector }: LintedRule, identifier: string, { patterns }: LintedPolicy): boolean {
  const match = matchSelector(selector, selector.constraints, { identifier, attrs: new Map() }, patterns);
  return 'matched' in match && match.matched;
}
