import { normalizedImage, normalizeSource } from '../normalizeSource.ts';
import type { Compiled, Patterns } from '../patterns.ts';
import { placeOf } from '../problem.ts';
import type { Problem } from '../problem.ts';
import type { Regex } from '../regex.ts';
import { IMAGE, isScheme, meantScheme, schemeOf, SCHEMES } from '../sourceKinds.ts';
import type { LintedPolicy, LintedRule } from './lintedPolicy.ts';
import type { Check } from './lintRule.ts';
import { isOfficialImage } from './knownTags.ts';

/** Selectors that no source of a build can meet. */
export const neverMatches: Check = {
  rules: [
    {
      id: 'never-matches',
      severity: 'error',
      documentation:
        'Identifiers reach a policy as scheme://…, and images fully named: docker-image://docker.io/library/debian:bookworm.',
    },
    {
      id: 'hardly-matches',
      severity: 'warning',
      documentation:
        'Images reach a policy fully named: a pattern that starts with a short name takes those of a registry of that name.',
    },
  ],
  find: inPolicy,
};

function* inPolicy({ file, rules, patterns }: LintedPolicy): Iterable<Problem> {
  for (const rule of rules) {
    const problem = inRule(rule, patterns);
    if (problem !== undefined)
      yield { ...placeOf(rule.at.identifier), ...problem, ...fixOf(rule, file.lines.text, problem) };
  }
}

/** Something wrong with an identifier, and what to write in its place where that is certain. */
interface Miss {
  rule: 'never-matches' | 'hardly-matches';
  message: string;
  next?: string;
  instead?: string;
}

const never = (message: string, instead?: string): Miss => ({
  rule: 'never-matches',
  message,
  ...(instead === undefined ? {} : { instead, next: `write "${instead}"` }),
});

function inRule({ selector: { identifier, match_type } }: LintedRule, patterns: Patterns): Miss | undefined {
  if (match_type === 'REGEX') return inRegex(patterns.regex(identifier));
  if (identifier === '') return never('an empty identifier matches no source; any source is "*"');
  if (match_type === 'EXACT' && identifier.includes('*')) {
    return never(
      'in an EXACT selector a * is a star and nothing else, and no source has one; write WILDCARD',
    );
  }
  if (/\s/.test(identifier) && schemeOf(identifier) !== 'local') {
    const trimmed = identifier.trim();
    const instead = /\s/.test(trimmed) ? undefined : trimmed;
    return never('there is white space in this identifier, and no source has any', instead);
  }
  if (identifier.includes('\\*'))
    return never(
      'a backslash does not keep a * from being a wildcard; it stands for itself, and no source has one',
    );
  const [literal = ''] = identifier.split('*', 1);
  return (
    inScheme(identifier, literal) ?? (literal.startsWith(IMAGE) ? inImage(identifier, literal) : undefined)
  );
}

/** An identifier whose scheme is missing or unknown. `literal` is what stands before the first star. */
function inScheme(identifier: string, literal: string): Miss | undefined {
  const scheme = schemeOf(literal);
  if (scheme === undefined) {
    const isPattern = literal !== identifier;
    if (isPattern && SCHEMES.some((known) => `${known}://`.startsWith(literal))) return undefined;
    const image = isPattern ? undefined : normalizedImage(identifier);
    return never(`sources start with a scheme such as ${IMAGE}, and this does not`, image);
  }
  if (
    (scheme === 'http' || scheme === 'https') &&
    literal === identifier &&
    normalizeSource(identifier).identifier !== identifier
  ) {
    return never('a web address that ends in .git is fetched by git', normalizeSource(identifier).identifier);
  }
  if (isScheme(scheme)) return undefined;
  const meant = meantScheme(scheme);
  const instead = meant === undefined ? undefined : meant + identifier.slice(scheme.length);
  return never(`BuildKit has no sources with the scheme "${scheme}"`, instead);
}

function inImage(identifier: string, literal: string): Miss | undefined {
  if (literal === identifier) {
    const image = normalizedImage(identifier.slice(IMAGE.length));
    if (image === undefined) return never('this is no image reference, and no image is called so');
    if (image === identifier) return undefined;
    const miss = never(`BuildKit sees this image as ${image}`, image);
    // Somebody who wrote no tag may well have meant them all.
    const isTagged = image.endsWith(identifier.slice(identifier.lastIndexOf('/') + 1));
    return isTagged
      ? miss
      : {
          rule: miss.rule,
          message: miss.message,
          next: `write "${image}", or "${image.replace(/latest$/, '*')}" for every tag`,
        };
  }
  const rest = identifier.slice(IMAGE.length);
  const [host = '', path] = literal.slice(IMAGE.length).split(/\/(.*)/s);
  if (host === 'index.docker.io')
    return never('images of Docker Hub are seen as docker.io/…', IMAGE + rest.slice('index.'.length));
  if (path !== undefined && host !== 'localhost' && !/[.:]/.test(host)) {
    return never('images of Docker Hub are seen as docker.io/…', `${IMAGE}docker.io/${rest}`);
  }
  if (host === 'docker.io' && path !== undefined && /^[^/]+[:@]/.test(path)) {
    return never(
      'official images are seen as docker.io/library/…',
      `${IMAGE}docker.io/library/${rest.slice('docker.io/'.length)}`,
    );
  }
  const [name = ''] = host.split(/[:@]/, 1);
  if (path !== undefined || (name === host && !isOfficialImage(name))) return undefined;
  return {
    rule: 'hardly-matches',
    message: `this takes images of a registry called "${name}", and none of Docker Hub`,
    next: `did you mean "${IMAGE}docker.io/library/${rest}"?`,
  };
}

/** A regular expression that is held to a start which no source has. */
function inRegex(regex: Compiled<Regex>): Miss | undefined {
  const prefix = 'value' in regex ? regex.value.prefix : undefined;
  if (prefix?.anchored !== true) return undefined;
  const fits = SCHEMES.some((scheme) =>
    Array.from(`${scheme}://`).every((character, at) => (prefix.characters[at] ?? character) === character),
  );
  if (fits) return undefined;
  return never(`sources start with a scheme such as ${IMAGE}, and this pattern is held to another start`);
}

function fixOf({ at: { identifier } }: LintedRule, text: string, { instead }: Miss) {
  const written = text.slice(identifier.offset, identifier.offset + identifier.length);
  if (instead === undefined || !written.startsWith('"')) return {};
  const edit = { ...placeOf(identifier), text: JSON.stringify(instead) };
  return { fix: { title: `write "${instead}"`, edits: [edit] } };
}
