import { evaluate, type Outcome } from '../policy/evaluate.ts';
import { formatPolicy, type Conversion } from '../policy/generatePolicy.ts';
import { parsePolicy, requirePolicy } from '../policy/parsePolicy.ts';
import { newPatterns, type Patterns } from '../policy/patterns.ts';
import type { Policy, Source } from '../policy/types.ts';
import { normalizedIfRef } from '../matrix/imageRef.ts';
import type { Member } from './joinProbes.ts';

/** The policies of several distros as one. */
export interface MergedPolicy {
  rules: readonly Conversion[];
  policy: Policy;
  /** That of each worker, by its name. */
  own: ReadonlyMap<string, Policy>;
  patterns: Patterns;
}

/** Members under one policy. */
export interface PolicySet {
  members: readonly Member[];
  /** Undefined where all of them have the same, or none. */
  merged?: MergedPolicy;
}

/**
 * Puts the policies of members into one, as long as each does with the images that a member names what the member's own
 * does. Members for which it does not are left with their own policy.
 *
 * @param images what each worker's stages name.
 */
export function mergePolicies(
  members: readonly Member[],
  images: ReadonlyMap<string, readonly string[]>,
): PolicySet[] {
  const groups = [...new Set(members.map(({ group }) => group))];
  const [only, another] = groups;
  if (only === undefined || another === undefined) return [{ members }];
  const merged = merge(
    groups.map(({ rules }) => rules ?? []),
    members,
  );
  const touched = new Set(
    members
      .filter(({ worker }) =>
        (images.get(worker.name) ?? []).some(
          (image) =>
            !agrees(merged, worker.name, {
              identifier: `docker-image://${normalizedIfRef(image)}`,
              attrs: new Map(),
            }),
        ),
      )
      .map(({ group }) => group),
  );
  if (touched.size === 0) return [{ members, merged }];
  const of = (group: Member['group']) => members.filter((member) => member.group === group);
  const rest = members.filter(({ group }) => !touched.has(group));
  return [...[...touched].map((group) => ({ members: of(group) })), ...mergePolicies(rest, images)].filter(
    (set) => set.members.length > 0,
  );
}

/** Whether the merged policy does with a source what the worker's own does. */
export function agrees({ policy, own, patterns }: MergedPolicy, worker: string, source: Source): boolean {
  const mine = own.get(worker);
  if (mine === undefined) return false;
  const [one, other] = [policy, mine].map((each) => evaluate([each], source, { patterns }));
  return one !== undefined && other !== undefined && comesTo(one) === comesTo(other);
}

function comesTo({ kind, source: { identifier, attrs }, error }: Outcome): string {
  return JSON.stringify([kind, identifier, [...attrs].sort(), error]);
}

function merge(rules: readonly (readonly Conversion[])[], members: readonly Member[]): MergedPolicy {
  const all = rules.flat();
  const own = new Map(members.map(({ worker, group }) => [worker.name, policyOf(group.rules ?? [])]));
  return { rules: all, policy: policyOf(all), own, patterns: newPatterns() };
}

function policyOf(rules: readonly Conversion[]): Policy {
  return requirePolicy(parsePolicy('', Buffer.from(formatPolicy(rules))));
}
