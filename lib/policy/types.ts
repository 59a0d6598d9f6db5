/** Enum names in the order of their protobuf numbers (BuildKit sourcepolicy/pb/policy.proto). */
export const ACTIONS = ['ALLOW', 'DENY', 'CONVERT'] as const;
export const MATCH_TYPES = ['WILDCARD', 'EXACT', 'REGEX'] as const;
export const CONDITIONS = ['EQUAL', 'NOTEQUAL', 'MATCHES'] as const;

export type Action = (typeof ACTIONS)[number];
export type MatchType = (typeof MATCH_TYPES)[number];
export type Condition = (typeof CONDITIONS)[number];

/** An attribute that a source must carry for a rule to match. A missing attribute reads as the empty string. */
export interface AttrConstraint {
  key: string;
  value: string;
  condition: Condition;
}

/** Which sources a rule is about. */
export interface Selector {
  identifier: string;
  match_type: MatchType;
  constraints: readonly AttrConstraint[];
}

/** What a CONVERT puts in the place of a source. An empty identifier stands for the selector's own. */
export interface Update {
  identifier: string;
  attrs: ReadonlyMap<string, string>;
}

/** One rule. BuildKit refuses a policy with a rule that has no selector. */
export interface Rule {
  action: Action;
  selector?: Selector;
  updates?: Update;
}

/** A source policy as BuildKit holds it after reading: every field has its default (sourcepolicy/pb/policy.proto). */
export interface Policy {
  version: number;
  rules: readonly Rule[];
}

/** What a build is about to fetch: an identifier such as `docker-image://docker.io/library/debian:bookworm` and its attributes. */
export interface Source {
  identifier: string;
  attrs: ReadonlyMap<string, string>;
}
