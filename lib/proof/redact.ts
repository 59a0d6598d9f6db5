import { HIDDEN, hideForms } from './secretForms.ts';

/** Names of build arguments, variables, options and query parameters whose values are credentials. */
const SECRET_NAME =
  /secret|token|passw|passphrase|credential|cookie|jwt|(?:private|api|access|signing|encryption|account|deploy|master|ssh).?key|[_.:-](?:auth|pwd|pw|pass|pat|creds?)$|^(?:pass|creds?|sshpass)$/i;
/** Such names where they are properties of JSON: Docker's configuration has `auth`, dumps of headers the other. */
const SECRET_PROPERTY = /^(?:auth|(?:proxy-)?authorization)$/i;
/** Names that mean a credential in a URL's query, and something else elsewhere. */
const SECRET_PARAMETER = /^(?:key|sig|signature|auth|jwt|code|key-pair-id|x-(?:amz|goog)-signature)$/i;
/** `docker build --secret id=…` names a secret and does not hold it. */
const HARMLESS_OPTION = '--secret';

/**
 * A value: in quotes, in quotes that are escaped because all of it is quoted, or bare. Quotes that are not closed go on
 * to the end of the line.
 */
const VALUE = /"(?:[^"\\\n]|\\.)*"?|\\"(?:(?!\\").)*(?:\\")?|'[^'\n]*'?|(?:\\[^"'\s]|[^\s"'&`\\])+/y;
/** What stands before a value: `name=`, `--name `, and `"name": ` of JSON. */
const ASSIGNMENT = /(?<![\w.:-])([\w.:-]{1,128})=(?!=)/g;
const OPTION = /(?<![\w-])(--[\w-]{1,60})[ \t](?!-)/g;
const PROPERTY = /\\?"([\w.:-]{1,128})\\?"[ \t]?:[ \t]?(?=\\?")/g;

/** A call of curl, or a line of one in an excerpt of a Dockerfile, and what stands before a user and password in it. */
const CURL = /(?:\bcurl[ \t]|^[ \t]*\d+ \|(?: >>>)?[ \t]+-)[^\n]*/gm;
const CURL_USER = /(?<=[ \t])(-[a-zA-Z#]{0,10}[uU]|--(?:proxy-)?user)[ \t=]*/g;
/** A user's and a group's, which are no secret. */
const NUMBERS = /^["']?\d+:\d+["']?$/;
/** A call of what logs in somewhere, and what stands before the password in it. */
const LOGIN = /(?:\blogin[ \t]|\bsshpass[ \t])[^\n]*/g;
const LOGIN_PASSWORD = /(?<=[ \t])(-p)[ \t]*/g;
/** `ENV NAME value` of a Dockerfile, without an equals sign, where the value is the rest of the line. */
const ENV = /(\bENV[ \t]+([\w.-]{1,128})[ \t]+)[^\s][^\n]*/g;
/** A line of YAML or of an INI file, in a log or an excerpt of a Dockerfile too, whose value is one word or in quotes. */
const YAML =
  /^((?:#\d+ [\d.]+ |[ \t]*\d+ \|)?(?: >>>)?[ \t]*(?:- )?["']?([\w.-]{1,60})["']?(?:[ \t]*=[ \t]+|:[ \t]+))("[^"\n]*"|'[^'\n]*'|\S+)(?=[ \t]*$)/gm;

/**
 * A log or message without the credentials that can be told by their form: in URLs, in headers, and as values of what
 * is called a secret, a token, a password or the like. Everything else stays as it is.
 */
export function redactText(text: string): string {
  const assigned = hideValues(hideForms(text), ASSIGNMENT, (name, before) => {
    return SECRET_NAME.test(name) || (SECRET_PARAMETER.test(name) && /[?&]/.test(before));
  });
  const given = hideValues(assigned, OPTION, isSecretOption);
  return hideValues(given, PROPERTY, isSecretProperty)
    .replace(CURL, (command) => hideValues(command, CURL_USER, () => true, isUserAndPassword))
    .replace(LOGIN, (command) => hideValues(command, LOGIN_PASSWORD, () => true))
    .replace(ENV, (whole, before: string, name: string) => (SECRET_NAME.test(name) ? before + HIDDEN : whole))
    .replace(YAML, (whole, before: string, name: string, value: string) =>
      SECRET_NAME.test(name) ? before + hide(value) : whole,
    );
}

/**
 * Hides the value behind each place where `before` finds a secret's name, if it can be one. Other values are looked into: they may
 * hold one.
 */
function hideValues(
  text: string,
  before: RegExp,
  isSecret: (name: string, before: string) => boolean,
  canBe: (value: string) => boolean = () => true,
): string {
  let redacted = '';
  let done = 0;
  for (const match of text.matchAll(before)) {
    const [whole, name = ''] = match;
    if (match.index < done || !isSecret(name, text.charAt(match.index - 1))) continue;
    VALUE.lastIndex = match.index + whole.length;
    const [value] = VALUE.exec(text) ?? [];
    if (value === undefined || !canBe(value)) continue;
    redacted += text.slice(done, match.index) + whole + hide(value);
    done = match.index + whole.length + value.length;
  }
  return redacted + text.slice(done);
}

function isUserAndPassword(value: string): boolean {
  return value.includes(':') && !NUMBERS.test(value);
}

function isSecretProperty(name: string): boolean {
  return SECRET_NAME.test(name) || SECRET_PROPERTY.test(name);
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
