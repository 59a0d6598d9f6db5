/** What a text must hold for a pattern to match it: the characters that the pattern starts with. */
export interface PlainPrefix {
  /** One entry for each character; undefined stands for any. */
  characters: readonly (string | undefined)[];
  /** Whether the text has to start with them (the pattern starts with `^`). */
  anchored: boolean;
  /** What the pattern goes on with behind them. */
  rest: string;
}

/** Deep enough for any pattern that people write; a pattern that nests deeper is for RE2 itself to judge. */
const NESTING_MAX = 20;

const LITERAL = /[A-Za-z0-9_/:@%=,~#&;<>!"' -]|\\[-./+*?()|[\]{}^$\\:@_]/y;
const ANY = /\./y;
const CLASS = /\\[dDwWsS]|\[\^?(?:[A-Za-z0-9]-(?=\])|a-z|A-Z|0-9|[A-Za-z0-9_./:@])+\]/y;
const REPEAT = /[*+?]\??/y;
/** Two digits cannot pass RE2's limit of 1000, as long as they repeat no group. */
const COUNT = /\{(\d{1,2})(?:,(\d{1,2})?)?\}\??/y;

/**
 * Recognizes the plain patterns of RE2 - literals, simple classes, groups, alternatives and repetitions - and gives
 * the characters that every match of it starts with (there may be none). Undefined says nothing about a pattern; any
 * other answer says that RE2 takes it.
 */
export function plainPrefix(pattern: string): PlainPrefix | undefined {
  const anchored = pattern.startsWith('^');
  const reader: Reader = {
    pattern,
    at: anchored ? 1 : 0,
    prefix: [],
    prefixEnd: anchored ? 1 : 0,
    inPrefix: true,
  };
  const alternatives = readAlternatives(reader, 0);
  if (alternatives === undefined || reader.at !== pattern.length) return undefined;
  if (alternatives !== 1) return { characters: [], anchored: false, rest: pattern };
  return { characters: reader.prefix, anchored, rest: pattern.slice(reader.prefixEnd) };
}

/** Whether a text holds what every match has to start with. */
export function holdsPrefix(text: string, { characters, anchored }: PlainPrefix): boolean {
  const last = anchored ? 0 : text.length;
  for (let start = 0; start <= last; start++)
    if (endOfPrefix(text, start, characters) !== undefined) return true;
  return false;
}

/** Where in a text the characters end that stand at `start`; undefined where others do. */
export function endOfPrefix(
  text: string,
  start: number,
  characters: readonly (string | undefined)[],
): number | undefined {
  let at = start;
  for (const character of characters) {
    if (at >= text.length) return undefined;
    if (character === undefined) {
      if (text[at] === '\n') return undefined;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    } else if (text[at++] !== character) return undefined;
  }
  return at;
}

interface Reader {
  pattern: string;
  at: number;
  prefix: (string | undefined)[];
  /** Where in the pattern the prefix ends. */
  prefixEnd: number;
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
  let isGroup = false;
  if (literal === undefined && take(reader, ANY) === undefined) {
    reader.inPrefix = false;
    // A dollar is only plain at the very end, where nothing can repeat it.
    if (reader.pattern[reader.at] === '$') return depth === 0 && ++reader.at === reader.pattern.length;
    isGroup = take(reader, CLASS) === undefined;
    if (isGroup && !readGroup(reader, depth)) return false;
  }
  if (take(reader, REPEAT) !== undefined || (!isGroup && takeCount(reader))) reader.inPrefix = false;
  if (reader.inPrefix) {
    reader.prefix.push(literal?.at(-1));
    reader.prefixEnd = reader.at;
  }
  return true;
}

function readGroup(reader: Reader, depth: number): boolean {
  if (reader.pattern[reader.at] !== '(') return false;
  reader.at += reader.pattern.startsWith('(?:', reader.at) ? 3 : 1;
  if (readAlternatives(reader, depth + 1) === undefined || reader.pattern[reader.at] !== ')') return false;
  reader.at++;
  return true;
}

/** Takes `{n}`, `{n,}` or `{n,m}`, if RE2 takes it for a repetition that it allows. */
function takeCount(reader: Reader): boolean {
  COUNT.lastIndex = reader.at;
  const [count, least = '', most = least] = COUNT.exec(reader.pattern) ?? [];
  if (count === undefined || Number(most) < Number(least)) return false;
  reader.at += count.length;
  return true;
}

function take(reader: Reader, token: RegExp): string | undefined {
  token.lastIndex = reader.at;
  const found = token.exec(reader.pattern)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}
