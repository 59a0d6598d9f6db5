/**
 * How a build asks for its one source. In every text of a case `REGISTRY` stands for the address of the test's registry,
 * and `DIGEST(one)` for the digest of the image in its repository `one`.
 */
export type Asks =
  /** `FROM <ref>`. */
  | { kind: 'from'; ref: string; pull?: true }
  /** `FROM given`, where `given` is a named context. */
  | { kind: 'named'; context: string }
  /** `ADD [--checksum=…] <url>`. */
  | { kind: 'add'; url: string; checksum?: string }
  /** `COPY` from the build's own context. */
  | { kind: 'copy' };

/**
 * What a build comes to: the source whose content it carries (an image's repository, or `context`), or the end of the
 * error text with which it fails, or that of a policy file that is not even taken.
 */
export type Ending = { holds: string } | { fails: string } | { refusesFile: string };

/** A policy, a build under it, and what has to come of it. */
export interface PolicyCase {
  /** The behaviour, in a sentence. */
  title: string;
  asks: Asks;
  /** The rules, or the file's whole text. */
  policy: readonly object[] | string;
  /** With the newest BuildKit. */
  ends: Ending;
  /** Where BuildKit before a release comes to something else. */
  older?: { before: 'v0.26' | 'v0.31'; ends: Ending };
}

/** An image of the test's registry, as a source. */
export const image = (repository: string): string => `docker-image://REGISTRY/${repository}:1`;

/** A file of the test's registry, which is a web server too: the repository's index. */
export const url = (repository: string): string => `http://REGISTRY/v2/${repository}/manifests/1`;

/** `FROM` an image of the test's registry. */
export const from = (repository: string): Asks => ({ kind: 'from', ref: `REGISTRY/${repository}:1` });

/** What else a selector may say. Without a match type it is a WILDCARD. */
interface More {
  match_type?: 'EXACT' | 'WILDCARD' | 'REGEX';
  constraints?: readonly { key: string; value: string; condition?: 'EQUAL' | 'NOTEQUAL' | 'MATCHES' }[];
}

export const allow = (identifier: string, more: More = {}): object => ({
  action: 'ALLOW',
  selector: { identifier, ...more },
});

export const deny = (identifier: string, more: More = {}): object => ({
  action: 'DENY',
  selector: { identifier, ...more },
});

export const convert = (identifier: string, to: string, more: More = {}): object => ({
  action: 'CONVERT',
  selector: { identifier, ...more },
  updates: { identifier: to },
});

/** A refusal when the frontend asks for the source's config. */
export const deniedAtResolve = (identifier: string): Ending => ({
  fails: `could not resolve image due to policy: source "${identifier}" denied by policy: source denied by policy`,
});

/** A refusal when the build is loaded. */
export const deniedAtLoad = (identifier: string): Ending => ({
  fails: `error evaluating the source policy: source "${identifier}" denied by policy: source denied by policy`,
});
