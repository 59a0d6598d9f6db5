import { PatternError } from './patternError.ts';
import { compileRegex } from './regex.ts';

/** Beyond this a pattern is machine-made, and taking it apart costs more than it tells. */
const LENGTH_MAX = 500;

/** All that can be said of a pattern without taking it apart. */
export const REGEX_MISS = 'no part of the source matches the pattern';

/** What stands by itself in a pattern: quoted text, an escape, a class, a repetition, or one character. */
const TOKEN =
  /\\Q[^]*?\\E|\\[pPx]\{[^}]*\}|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?\w+:\]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[^]/gu;
const WORD = /^[\w-]$/;
const REPEAT = /^(?:[*+?]|\{\d+(?:,\d*)?\})$/;

/**
 * How far a pattern goes along with a source that it does not match: as many of its first pieces as are found there,
 * and the piece that is not.
 */
export function explainRegexMiss(pattern: string, source: string): string {
  const pieces = pattern.length > LENGTH_MAX ? undefined : sequence(pattern);
  if (pieces === undefined) return REGEX_MISS;
  // Where the first n + 1 pieces are found so are the first n: the most that are found can be halved in on.
  let found = 0;
  let missing = pieces.length;
  while (missing - found > 1) {
    const middle = Math.floor((found + missing) / 2);
    if (isFound(pieces.slice(0, middle).join(''), source)) found = middle;
    else missing = middle;
  }
  // A whole word tells more than its first letter.
  while (WORD.test(pieces[missing - 1] ?? '') && WORD.test(pieces[missing] ?? '')) missing++;
  const upTo = pieces.slice(0, found).join('');
  const next = pieces.slice(found, missing).join('');
  if (upTo === '' || upTo === '^')
    return `the source ${upTo === '' ? 'has' : 'starts with'} nothing that "${next}" matches`;
  return `"${upTo}" is found, but "${next}" does not follow`;
}

function isFound(pattern: string, source: string): boolean {
  try {
    return compileRegex(pattern).test(source);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

/** The pieces of a pattern that is one sequence, groups and repetitions whole; undefined for one of alternatives. */
function sequence(pattern: string): string[] | undefined {
  const pieces: string[] = [];
  let depth = 0;
  for (const token of pattern.match(TOKEN) ?? []) {
    if (depth === 0 && token === '|') return undefined;
    const opensPiece = depth === 0 && !REPEAT.test(token);
    if (opensPiece || pieces.length === 0) pieces.push(token);
    else pieces[pieces.length - 1] = `${pieces.at(-1) ?? ''}${token}`;
    if (token === '(') depth++;
    if (token === ')') depth--;
  }
  return pieces;
}
