import type { ImageRef } from './types.ts';

const DEFAULT_DOMAIN = 'docker.io';
const LEGACY_DEFAULT_DOMAIN = 'index.docker.io';
const OFFICIAL_PREFIX = 'library/';
const DEFAULT_TAG = 'latest';
/** distribution/reference `RepositoryNameTotalLengthMax`. */
const PATH_LENGTH_MAX = 255;

/** Hex digits of a digest by algorithm: those that opencontainers/go-digest knows, and no other is accepted. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

// The grammar of distribution/reference `regexp.go`, written so that no part can match one text in two ways.
const label = '[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*';
const domainPattern = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const pathPattern = `${component}(?:/${component})*`;
const tagPattern = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digestPattern = '(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})';

/** A reference as a person may write it, for the JSON Schema; `parseImageRef` is stricter in corners. */
export const IMAGE_REF_PATTERN = `^(?:${domainPattern}/)?${pathPattern}(?::${tagPattern})?(?:@${digestPattern})?$`;

const NAME = new RegExp(`^${pathPattern}$`);
const DOMAIN = new RegExp(`^${domainPattern}$`);
const TAG = new RegExp(`^${tagPattern}$`);

/**
 * Reads an image reference and normalizes it as Docker does: `debian` is `docker.io/library/debian:latest`. A tag and a
 * digest may stand together and are both kept.
 *
 * Follows distribution/reference `ParseNormalizedNamed` and `TagNameOnly`, save that a first part which looks like a
 * registry but is no host name (`my_host.example/x`) is refused.
 *
 * @throws {RangeError} whose message quotes the text and says what was expected.
 */
export function parseImageRef(text: string): ImageRef {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//.exec(text)?.[0];
  if (scheme !== undefined) throw notARef(text, `leave "${scheme}" out`);
  if (text === '') throw notARef(text, 'it is empty');
  if (/\s/.test(text)) throw notARef(text, 'it holds white space');
  if (/^[a-f0-9]{64}$/.test(text)) throw notARef(text, 'this is an image id; expected a repository');

  const [domain, remainder] = splitDomain(text);
  const at = remainder.indexOf('@');
  const tagged = at < 0 ? remainder : remainder.slice(0, at);
  const digest = at < 0 ? undefined : remainder.slice(at + 1);
  const colon = tagged.indexOf(':');
  const path = colon < 0 ? tagged : tagged.slice(0, colon);
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);

  if (!DOMAIN.test(domain)) throw notARef(text, `"${domain}" is not a registry host`);
  if (path !== path.toLowerCase()) throw notARef(text, `the repository "${path}" must be lower case`);
  if (!NAME.test(path)) throw notARef(text, `"${path}" is not a repository name`);
  if (path.length > PATH_LENGTH_MAX) {
    throw notARef(text, `the repository name is longer than ${PATH_LENGTH_MAX} characters`);
  }
  if (tag !== undefined && !TAG.test(tag)) throw notARef(text, `"${tag}" is not a tag`);
  if (digest !== undefined) checkDigest(text, digest);

  if (digest === undefined) return { domain, path, tag: tag ?? DEFAULT_TAG };
  return { domain, path, ...(tag === undefined ? {} : { tag }), digest };
}

/** `domain/path`, without tag and digest. */
export function imageName(ref: ImageRef): string {
  return `${ref.domain}/${ref.path}`;
}

/** `domain/path[:tag][@digest]`. */
export function formatImageRef(ref: ImageRef): string {
  const tag = ref.tag === undefined ? '' : `:${ref.tag}`;
  const digest = ref.digest === undefined ? '' : `@${ref.digest}`;
  return imageName(ref) + tag + digest;
}

/** The one text under which a reference is compared. Throws as `parseImageRef` does. */
export function normalizeImageRef(text: string): string {
  return formatImageRef(parseImageRef(text));
}

/** A reference in its normalized form; a text that is none, as it is: the stage of a Dockerfile may name anything. */
export function normalizedIfRef(text: string): string {
  try {
    return normalizeImageRef(text);
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}

/** distribution/reference `splitDockerDomain`: the first part is a registry if it looks like one. */
function splitDomain(text: string): [domain: string, remainder: string] {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const isDomain = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  if (isDomain && first !== DEFAULT_DOMAIN && first !== LEGACY_DEFAULT_DOMAIN) {
    return [first, text.slice(slash + 1)];
  }
  const remainder = isDomain ? text.slice(slash + 1) : text;
  return [DEFAULT_DOMAIN, remainder.includes('/') ? remainder : OFFICIAL_PREFIX + remainder];
}

function checkDigest(text: string, digest: string): void {
  const [algorithm = '', hex = ''] = digest.split(/:(.*)/s);
  const length = Object.hasOwn(DIGEST_LENGTHS, algorithm) ? DIGEST_LENGTHS[algorithm] : undefined;
  if (length === undefined) {
    throw notARef(text, `a digest starts with ${Object.keys(DIGEST_LENGTHS).join(', ')}, not "${algorithm}"`);
  }
  if (hex.length !== length || !/^[a-f0-9]+$/.test(hex)) {
    throw notARef(text, `a ${algorithm} digest has ${length} lower-case hex digits`);
  }
}

function notARef(text: string, why: string): RangeError {
  return new RangeError(`"${text}" is not an image reference: ${why}`);
}

/**
 * The short name of a reference, as Docker shows it: without the default registry, and without the tag `latest`. It is the
 * name under which frontends look up a named context that stands for an image (BuildKit `frontend/dockerui`).
 */
export function familiarName(ref: ImageRef): string {
  const name = formatImageRef(ref).replace(/^docker\.io\/(library\/)?/, '');
  return ref.digest === undefined ? name.replace(/:latest$/, '') : name;
}
