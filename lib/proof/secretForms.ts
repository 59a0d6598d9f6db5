/** What stands for a credential; BuildKit writes the same (`util/urlutil/redact.go`). */
export const HIDDEN = 'xxxxx';

/** User and password of a URL, up to the last `@` before the path. A digest behind the `@` is that of an image. */
const USERINFO = /:\/\/[^\s/?#"'`<>\\]+@(?!sha(?:256|512):[0-9a-f])/g;
/** The same in a URL that is escaped because it is part of another. */
const ESCAPED_USERINFO = /(%3A%2F%2F)(?:(?!%2F|%3F|%23|%40)[^\s/?#&"'@])+(%40|@)/gi;
/** A header up to the end of the line or of the quotes that it is in. */
const HEADER =
  /\b((?:proxy-)?authorization|(?:set-)?cookie|(?:private|job|deploy|x-[\w-]{1,40})-token|x-api-key)([ \t]?:[ \t]?)[^\r\n"'\\]+/gi;
const BEARER = /\b(bearer[ \t])[\w.~+/=-]{16,}/gi;
const BASIC = /\b(basic[ \t]+)([A-Za-z0-9+/]{6,}={0,2})/gi;
/** A line of .netrc, or several: `machine h login u password p`. */
const NETRC = /(\bmachine\s+\S+\s+login\s+\S+\s+(?:account\s+\S+\s+)?password\s+)\S+/g;
/** Tokens that show what they are: of GitHub, GitLab, Docker Hub, npm, PyPI, AWS, Google, Slack and Hugging Face, and JSON web tokens. */
const KNOWN_TOKEN =
  /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|gl(?:pat|cbt|ptt|dt|rt|soat)-[\w-]{16,}|dckr_[po]at_[\w-]{16,}|npm_\w{30,}|pypi-AgE[\w-]{20,}|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{35}|ya29\.[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|hf_\w{30,}|(?<!-)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g;

/** A private key of PEM or OpenPGP up to its end, or as far as there are lines of base64 where its end is not there. */
const PRIVATE_KEY =
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(?:(?:(?!-----BEGIN)[^]){0,16384}?(?=-----END)|(?:(?:\s|\\[rn]|#\d+ [\d.]+ )*[A-Za-z0-9+/=]{16,})+)/g;
const PRIVATE_KEY_END = /^.*-----END [A-Z ]{0,40}PRIVATE KEY/gm;
/** What a line of one ends with: its last may be short. */
const KEY_LINE = /[A-Za-z0-9+/=]{40,}\s*$/;
const LAST_KEY_LINE = /(?:^|\s)[A-Za-z0-9+/=]+\s*$/;

/** A text without the credentials that are told by what they look like, wherever they stand. */
export function hideForms(text: string): string {
  const plain = text
    .replace(USERINFO, `://${HIDDEN}@`)
    .replace(ESCAPED_USERINFO, `$1${HIDDEN}$2`)
    .replace(PRIVATE_KEY, `$1${HIDDEN}`)
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(BASIC, (whole, before: string, value: string) =>
      isUserAndPassword(value) ? before + HIDDEN : whole,
    )
    .replace(NETRC, `$1${HIDDEN}`)
    .replace(KNOWN_TOKEN, HIDDEN);
  return hideKeyEnds(plain);
}

function isUserAndPassword(base64: string): boolean {
  return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(base64, 'base64').toString('latin1'));
}

/** The lines of a private key whose beginning a log has lost: those of base64 before the line that ends it. */
function hideKeyEnds(text: string): string {
  let hidden = '';
  let done = 0;
  for (const { index } of text.matchAll(PRIVATE_KEY_END)) {
    let from = index;
    for (;;) {
      const before = from < done + 1 ? -1 : text.lastIndexOf('\n', from - 2) + 1;
      if (before < done) break;
      const line = text.slice(before, from - 1);
      if (line.endsWith(HIDDEN) || !(from === index ? LAST_KEY_LINE : KEY_LINE).test(line)) break;
      from = before;
    }
    if (from < index) {
      hidden += `${text.slice(done, from)}${HIDDEN}\n`;
      done = index;
    }
  }
  return hidden + text.slice(done);
}
