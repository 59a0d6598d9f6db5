import { behaviourOf } from '../../../lib/policy/behaviour.ts';
import { explain } from '../../../lib/policy/explain.ts';
import { judgeAsBuild, SOME_DIGEST, type Look } from '../../../lib/policy/looks.ts';
import { normalizeSource } from '../../../lib/policy/normalizeSource.ts';
import { parsePolicy } from '../../../lib/policy/parsePolicy.ts';
import { newPatterns } from '../../../lib/policy/patterns.ts';
import { schemeOf } from '../../../lib/policy/sourceKinds.ts';
import type { Policy, Source } from '../../../lib/policy/types.ts';
import { policyText } from './build.ts';
import { isBefore } from './buildkitRelease.ts';
import type { Asks, Ending, PolicyCase } from './policyCase.ts';
import type { Served } from './served.ts';

/** What BuildKit puts before the reason of a refusal. */
const WHEN: Readonly<Record<Look['when'], string>> = {
  resolve: 'could not resolve image due to policy: ',
  load: 'error evaluating the source policy: ',
};

/** What became of one source that a build asks for. */
interface Judged {
  /** As the build asked. */
  asked: Source;
  /** Where it was judged; not known of an explanation. */
  when?: Look['when'];
  /** BuildKit's error text; undefined where the source is allowed. */
  error: string | undefined;
  /** As it stands in the end. */
  source: Source;
}

/** What a case comes to with a BuildKit release by the project's evaluator; nothing is built. */
export function predict(one: PolicyCase, served: Served, release: string): Ending {
  const { policy, problems } = fileOf(one, served);
  if (policy === undefined) return { refusesFile: problems[0]?.message ?? '' };
  const asked = sourcesOf(one.asks, served);
  return endingOf(asked.flatMap(({ source }) => judge(policy, source, release, one.asks)), one, served);
}

/**
 * What a case comes to by what `make explain` tells of the sources; a refusal is BuildKit's reason alone. Undefined
 * where there is nothing to explain: a file that is refused, an image as a named context, which is not asked for as in
 * `FROM`.
 */
export function explained(one: PolicyCase, served: Served, release: string): Ending | undefined {
  const file = fileOf(one, served);
  if (file.policy === undefined || isNamedImage(one.asks)) return undefined;
  const judged = sourcesOf(one.asks, served).map(({ text, source }): Judged => {
    const { outcome, older } = explain({ asked: text, files: [file], attrs: source.attrs });
    const { identifier, attrs, error } =
      older.findLast(({ before }) => isBefore(release, before))?.outcome ?? outcome;
    return { asked: source, error, source: { identifier, attrs: new Map(Object.entries(attrs)) } };
  });
  return endingOf(judged, one, served);
}

function fileOf(one: PolicyCase, served: Served) {
  return parsePolicy('policy.json', new TextEncoder().encode(policyText(one, served)));
}

/** What a build asks for, in order: the Dockerfile comes first. */
function sourcesOf(asks: Asks, { fillIn }: Served): { text: string; source: Source }[] {
  const text = fillIn(textOf(asks));
  const { identifier, attrs } = normalizeSource(text);
  const source = { identifier, attrs: new Map([...attrs, ...attrsOf(asks, fillIn)]) };
  const dockerfile = 'local://dockerfile';
  return [
    { text: dockerfile, source: { identifier: dockerfile, attrs: new Map() } },
    { text, source },
  ];
}

function textOf(asks: Asks): string {
  switch (asks.kind) {
    case 'from':
      return asks.ref;
    case 'named':
      return asks.context.replace(/^oci-layout:\/\/LAYOUT(.*)$/, 'oci-layout://docker.io/library/given@DIGEST$1');
    case 'add':
      return asks.url;
    case 'copy':
      return 'local://context';
  }
}

function attrsOf(asks: Asks, fillIn: (text: string) => string): [string, string][] {
  if (asks.kind === 'from' && asks.pull === true) return [['image.resolvemode', 'pull']];
  return asks.kind === 'add' && asks.checksum !== undefined ? [['http.checksum', fillIn(asks.checksum)]] : [];
}

function isNamedImage(asks: Asks): boolean {
  return asks.kind === 'named' && schemeOf(asks.context) === 'docker-image';
}

function judge(policy: Policy, source: Source, release: string, asks: Asks): Judged[] {
  const options = { behaviour: behaviourOf(release), patterns: newPatterns() };
  const looks = judgeAsBuild([policy], source, options).map(judgedOf);
  const [resolve] = looks;
  if (!isNamedImage(asks) || resolve?.when !== 'resolve' || resolve.error !== undefined) return looks;
  // Unlike `FROM`, a named context asks the second time for what the first time made of it, without the digest.
  const again = judgeAsBuild([policy], resolve.source, options).map(judgedOf)[0];
  return [resolve, ...(again === undefined ? [] : [{ ...again, when: 'load' as const }])];
}

function judgedOf({ when, source, outcome }: Look): Judged {
  return { asked: source, when, error: outcome.error, source: outcome.source };
}

function endingOf(judged: readonly Judged[], { asks }: PolicyCase, served: Served): Ending {
  const refusal = judged.find(({ error }) => error !== undefined);
  if (refusal?.error !== undefined) {
    const { when, error } = refusal;
    // A rule without a selector is found before the first source is judged.
    const before = when === undefined || error === 'invalid nil selector in policy' ? '' : WHEN[when];
    return { fails: before + withDigest(error, served) };
  }
  const last = judged.at(-1);
  if (last === undefined) throw new Error('a build asks for something');
  const { identifier } = last.source;
  const scheme = schemeOf(identifier);
  if (scheme === undefined) return { fails: `failed to parse ${identifier}: invalid` };
  if (asks.kind === 'from' && scheme !== 'docker-image') {
    return { fails: `ref mutated by policy to non-image: ${last.asked.identifier} -> ${identifier}` };
  }
  return fetched(last.source, served);
}

/** The evaluator does not ask the registry which digest an image has; the test knows. */
function withDigest(text: string, { registry, digests }: Served): string {
  const unknown = new RegExp(`(docker-image://${registry}/([^:@"]+)[^@"]*)@${SOME_DIGEST}`, 'g');
  return text.replace(unknown, (_, image: string, name: string) => `${image}@${digests.get(name) ?? ''}`);
}

/** What the test's registry answers to a source that is allowed. */
function fetched({ identifier, attrs }: Source, { registry, digests, fillIn }: Served): Ending {
  if (identifier === 'local://context') return { holds: 'context' };
  const layout = [...digests].find(([, digest]) => identifier === `oci-layout://docker.io/library/given@${digest}`);
  if (layout !== undefined) return { holds: layout[0] };
  const [, file] = new RegExp(`^http://${registry}/v2/(.+)/manifests/1$`).exec(identifier) ?? [];
  if (file !== undefined) {
    const digest = fillIn(`DIGEST(${file})`);
    const checksum = attrs.get('http.checksum') ?? digest;
    return checksum === digest ? { holds: file } : { fails: `digest mismatch ${digest}: ${checksum}` };
  }
  const [, ref = '', name = '', tag = ':1', digest = SOME_DIGEST] =
    new RegExp(`^docker-image://(${registry}/([^:@]+)(:[^:@]+)?)(?:@(.+))?$`).exec(identifier) ?? [];
  const isThere = digests.has(name) && tag === ':1' && [SOME_DIGEST, digests.get(name)].includes(digest);
  return isThere ? { holds: name } : { fails: `${ref}: not found` };
}
