/** What a text must hold for a pattern to match it: the literal that the pattern starts with. */
export interface PlainPrefix {
  literal: string;
  /** Whether the text has to start with it (the pattern starts with `^`). */
  anchored: boolean;
}

/** Deep enough for any pattern that people write; a pattern that nests deeper is for RE2 itself to judge. */
const NESTING_MAX = 20;

const LITERAL = /[A-Za-z0-9_/:@%=,~#&;<>!"' -]|\\[-./+*?()|[\]{}^$\\:@_]/y;
const ANY = /\.|\\[dDwWsS]|\[\^?(?:[A-Za-z0-9]-(?=\])|a-z|A-Z|0-9|[A-Za-z0-9_./:@])+\]/y;
const REPEAT = /[*+?]\??/y;

/**
 * Recognizes the plain patterns of RE2 - literals, simple classes, groups, alternatives, `*`, `+` and `?` - and gives
 * the literal that every match of it starts with (it may be empty). Undefined says nothing about a pattern; any other
 * answer says that RE2 takes it.
 */
export function plainPrefix(pattern: string): PlainPrefix | undefined {
  const anchored = pattern.startsWith('^');
  const reader: Reader = { pattern, at: anchored ? 1 : 0, literal: '', inPrefix: true };
  const alternatives = readAlternatives(reader, 0);
  if (alternatives === undefined || reader.at !== pattern.length) return undefined;
  return alternatives === 1 ? { literal: reader.literal, anchored } : { literal: '', anchored: false };
}

interface Reader {
  pattern: string;
  at: number;
  literal: string;
  /** Whether all that was read so far is literal. */
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
  if (literal === undefined) {
    reader.inPrefix = false;
    // A dollar is only plain at the very end, where nothing can repeat it.
    if (reader.pattern[reader.at] === '$') return depth === 0 && ++reader.at === reader.pattern.length;
    if (take(reader, ANY) === undefined && !readGroup(reader, depth)) return false;
  }
  const repeated = take(reader, REPEAT) !== undefined;
  if (repeated) reader.inPrefix = false;
  if (reader.inPrefix && literal !== undefined) reader.literal += literal.at(-1) ?? '';
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
