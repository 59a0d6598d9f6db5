/** What a text must hold for a pattern to match it: the characters that the pattern starts with. */
export interface PlainPrefix {
  /** One entry for each character; undefined stands for any. */
  characters: readonly (string | undefined)[];
  /** Whether the text has to start with them (the pattern starts with `^`). */
  anchored: boolean;
}

/** Deep enough for any pattern that people write; a pattern that nests deeper is for RE2 itself to judge. */
const NESTING_MAX = 20;

const LITERAL = /[A-Za-z0-9_/:@%=,~#&;<>!"' -]|\\[-./+*?()|[\]{}^$\\:@_]/y;
const ANY = /\./y;
const CLASS = /\\[dDwWsS]|\[\^?(?:[A-Za-z0-9]-(?=\])|a-z|A-Z|0-9|[A-Za-z0-9_./:@])+\]/y;
const REPEAT = /[*+?]\??/y;

/**
 * Recognizes the plain patterns of RE2 - literals, simple classes, groups, alternatives, `*`, `+` and `?` - and gives
 * the characters that every match of it starts with (there may be none). Undefined says nothing about a pattern; any
 * other answer says that RE2 takes it.
 */
export function plainPrefix(pattern: string): PlainPrefix | undefined {
  const anchored = pattern.startsWith('^');
  const reader: Reader = { pattern, at: anchored ? 1 : 0, prefix: [], inPrefix: true };
  const alternatives = readAlternatives(reader, 0);
  if (alternatives === undefined || reader.at !== pattern.length) return undefined;
  return alternatives === 1 ? { characters: reader.prefix, anchored } : { characters: [], anchored: false };
}

/** Whether a text holds what every match has to start with. */
export function holdsPrefix(text: string, { characters, anchored }: PlainPrefix): boolean {
  const last = anchored ? 0 : text.length;
  for (let start = 0; start <= last; start++) if (standsAt(text, start, characters)) return true;
  return false;
}

function standsAt(text: string, start: number, characters: readonly (string | undefined)[]): boolean {
  let at = start;
  for (const character of characters) {
    if (at >= text.length) return false;
    if (character === undefined) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    else if (text[at++] !== character) return false;
  }
  return true;
}

interface Reader {
  pattern: string;
  at: number;
  prefix: (string | undefined)[];
  /** Whether all that was read so far takes exactly one character each. */
  inPrefix: boolean;
}

/** Reads `a|b|c` up to a closing parenthesis or the end; the number of alternatives, or undefined where it is not plain. */
function readAlternatives(reader: Reader, depth: number): number | undefined {
  if (depth > NESTING_MAX) return undefined;
  for (let count = 1; ; count++) {
    while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern.charAt(reader.at))) {
      if (!readRepeated(reader, depth)) return undefined;
    }
    if (reader.pattern[reader.at] !== '|') return count;
    reader.inPrefix = false;
    reader.at++;
  }
}

function readRepeated(reader: Reader, depth: number): boolean {
  const literal = take(reader, LITERAL);
  if (literal === undefined && take(reader, ANY) === undefined) {
    reader.inPrefix = false;
    // A dollar is only plain at the very end, where nothing can repeat it.
    if (reader.pattern[reader.at] === '$') return depth === 0 && ++reader.at === reader.pattern.length;
    if (take(reader, CLASS) === undefined && !readGroup(reader, depth)) return false;
  }
  if (take(reader, REPEAT) !== undefined) reader.inPrefix = false;
  if (reader.inPrefix) reader.prefix.push(literal?.at(-1));
  return true;
}

function readGroup(reader: Reader, depth: number): boolean {
  if (reader.pattern[reader.at] !== '(') return false;
  reader.at += reader.pattern.startsWith('(?:', reader.at) ? 3 : 1;
  if (readAlternatives(reader, depth + 1) === undefined || reader.pattern[reader.at] !== ')') return false;
  reader.at++;
  return true;
}

function take(reader: Reader, token: RegExp): string | undefined {
  token.lastIndex = reader.at;
  const found = token.exec(reader.pattern)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}
