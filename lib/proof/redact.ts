/** What stands for a credential; BuildKit writes the same (`util/urlutil/redact.go`). */
const HIDDEN = 'xxxxx';
/** A document nested deeper than this is no provenance; what lies deeper is hidden whole. */
const DEEPEST = 200;

/** Names of build arguments, variables, options and query parameters whose values are credentials. */
const SECRET_NAME =
  /secret|token|passw|passphrase|credential|(?:private|api|access|signing|encryption|account|deploy).?key|[_.:-](?:auth|pwd|pass)$/i;
/** Names that mean a credential in a URL's query, and something else elsewhere. */
const SECRET_PARAMETER = /^(?:key|sig|signature|auth|jwt|code|key-pair-id|x-(?:amz|goog)-signature)$/i;
/** `docker build --secret id=…` names a secret and does not hold it. */
const HARMLESS_OPTION = '--secret';

/** User and password of a URL, up to the last `@` before the path. A digest behind the `@` is that of an image. */
const USERINFO = /:\/\/[^\s/?#"'`<>\\]+@(?!sha(?:256|512):[0-9a-f])/g;
/** The same in a URL that is escaped because it is part of another. */
const ESCAPED_USERINFO = /(%3A%2F%2F)(?:(?!%2F|%3F|%23|%40)[^\s/?#&"'@])+(%40|@)/gi;
/** A header up to the end of the line or of the quotes that it is in. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|(?:private|job|deploy|x-[\w-]{1,40})-token|x-api-key)([ \t]?:[ \t]?)[^\r\n"'\\]+/gi;
const BEARER = /\b(bearer[ \t])[\w.~+/=-]{16,}/gi;
/** Tokens that show what they are: of GitHub, GitLab, Docker Hub, npm and AWS, and JSON web tokens. */
const KNOWN_TOKEN =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|dckr_[po]at_[\w-]{16,}|npm_\w{30,}|AKIA[0-9A-Z]{16}|(?<!-)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g;
const PRIVATE_KEY = /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[^-]+/g;

/**
 * A value: in quotes, in quotes that are escaped because all of it is quoted, or bare. Quotes that are not closed go on
 * to the end of the line.
 */
const VALUE = /"(?:[^"\\\n]|\\.)*"?|\\"(?:(?!\\").)*(?:\\")?|'[^'\n]*'?|(?:\\[^"'\s]|[^\s"'&`\\])+/y;
/** What stands before a value: `name=`, `--name `, and `"name": ` of JSON. */
const ASSIGNMENT = /(?<![\w.:-])([\w.:-]{1,128})=/g;
const OPTION = /(?<![\w-])(--[\w-]{1,60})[ \t](?!-)/g;
const PROPERTY = /\\?"([\w.:-]{1,128})\\?"[ \t]?:[ \t]?(?=\\?")/g;

/**
 * A log or message without the credentials that can be told by their form: in URLs, in headers, and as values of what
 * is called a secret, a token, a password or the like. Everything else stays as it is.
 */
export function redactText(text: string): string {
  const plain = text
    .replace(USERINFO, `://${HIDDEN}@`)
    .replace(ESCAPED_USERINFO, `$1${HIDDEN}$2`)
    .replace(PRIVATE_KEY, `$1${HIDDEN}`)
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`);
  const assigned = hideValues(plain, ASSIGNMENT, (name, before) => {
    return SECRET_NAME.test(name) || (SECRET_PARAMETER.test(name) && /[?&]/.test(before));
  });
  const given = hideValues(assigned, OPTION, isSecretOption);
  return hideValues(given, PROPERTY, (name) => SECRET_NAME.test(name)).replace(KNOWN_TOKEN, HIDDEN);
}

/** Hides the value behind each place where `before` finds a secret's name. Other values are looked into: they may hold one. */
function hideValues(
  text: string,
  before: RegExp,
  isSecret: (name: string, before: string) => boolean,
): string {
  let redacted = '';
  let done = 0;
  for (const match of text.matchAll(before)) {
    const [whole, name = ''] = match;
    if (match.index < done || !isSecret(name, text.charAt(match.index - 1))) continue;
    VALUE.lastIndex = match.index + whole.length;
    const [value] = VALUE.exec(text) ?? [];
    if (value === undefined) continue;
    redacted += text.slice(done, match.index) + whole + hide(value);
    done = match.index + whole.length + value.length;
  }
  return redacted + text.slice(done);
}

/**
 * A copy of a JSON value, such as provenance or a metadata file, with every text redacted: as `redactText` does, and
 * knowing what is a name and what a value. Texts in base64 under `data` (the Dockerfile, files made by the build)
 * are redacted inside.
 */
export function redactJson(value: unknown): unknown {
  return redactValue(value, 0);
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactWhole(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return HIDDEN;
  if (Array.isArray(value)) {
    return value.map((item: unknown, at) => {
      const before: unknown = value[at - 1];
      const isOptionValue = typeof before === 'string' && typeof item === 'string' && isSecretOption(before);
      return isOptionValue ? HIDDEN : redactValue(item, depth + 1);
    });
  }
  const entries = Object.entries(value).map(([name, inner]: [string, unknown]): [string, unknown] => {
    if (typeof inner !== 'string') return [name, redactValue(inner, depth + 1)];
    if (SECRET_NAME.test(name)) return [name, HIDDEN];
    return [name, name === 'data' ? redactBase64(inner) : redactWhole(inner)];
  });
  return Object.fromEntries(entries);
}

/** A text that may be one `name=value` as a whole, as in a list of variables: then its value may have spaces. */
function redactWhole(text: string): string {
  const [, name] = /^([\w.:-]{1,128})=./s.exec(text) ?? [];
  return name !== undefined && SECRET_NAME.test(name) ? `${name}=${HIDDEN}` : redactText(text);
}

function redactBase64(text: string): string {
  // One character for each byte, so that what is no text comes out as it went in.
  const inside = Buffer.from(text, 'base64').toString('latin1');
  const redacted = redactText(inside);
  return redacted === inside ? text : Buffer.from(redacted, 'latin1').toString('base64');
}

function isSecretOption(name: string): boolean {
  return name.startsWith('--') && name !== HARMLESS_OPTION && SECRET_NAME.test(name);
}

/** Hides a value and keeps the quotes around it. */
function hide(value: string): string {
  const [quote = ''] = /^\\?["']/.exec(value) ?? [];
  const closed = quote !== '' && value.length >= 2 * quote.length && value.endsWith(quote);
  return `${quote}${HIDDEN}${closed ? quote : ''}`;
}
