import { printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { didYouMean } from '../fault/didYouMean.ts';
import type { Problem } from './problem.ts';

/** A comment: BuildKit reads plain JSON. */
export function commentProblem(offset: number, length: number): Problem {
  const message = 'this is a comment, which JSONC and JSON5 have and JSON has not; BuildKit refuses the file';
  return { rule: 'json-comment', message, next: 'take it out', offset, length };
}

/** A comma before a closing bracket, where that is what `error` is about. */
export function trailingCommaProblem(json: string, error: ParseError): Problem | undefined {
  const closes = /[\]}]/.test(json.charAt(error.offset));
  const before = json.slice(0, error.offset).trimEnd();
  const kind = printParseErrorCode(error.error);
  if (!closes || !before.endsWith(',') || (kind !== 'ValueExpected' && kind !== 'PropertyNameExpected')) {
    return undefined;
  }
  const offset = before.length - 1;
  return {
    rule: 'json-trailing-comma',
    message: `nothing follows this comma; JSONC and JSON5 let it stand before "${json.charAt(error.offset)}", JSON does not`,
    offset,
    length: 1,
    fix: { title: 'remove the comma', edits: [{ offset, length: 1, text: '' }] },
  };
}

/** Any other slip, in words: what is there and what was expected. */
export function syntaxProblem(json: string, error: ParseError): Problem {
  const { offset, length } = error;
  const at = { rule: 'json-syntax', offset, length: Math.max(length, 1) };
  const there = json.slice(offset, offset + length);
  const foreign = json5Feature(
    there,
    json.slice(0, offset),
    json.slice(offset + length, offset + length + 100),
  );
  if (foreign !== undefined) return { ...at, ...foreign };
  return { ...at, message: syntaxMessage(printParseErrorCode(error.error), there) };
}

function syntaxMessage(kind: string, there: string): string {
  const found = there === '' ? 'the file ends here' : `found ${excerpt(there)}`;
  switch (kind) {
    case 'PropertyNameExpected':
      return `expected a key in double quotes, ${found}`;
    case 'ValueExpected':
      return `expected a value, ${found}`;
    case 'ColonExpected':
      return `expected ":" after the key, ${found}`;
    case 'CommaExpected':
      return `expected "," before ${there === '' ? 'the next value' : excerpt(there)}`;
    case 'CloseBraceExpected':
      return `expected "}" or ",", ${found}`;
    case 'CloseBracketExpected':
      return `expected "]" or ",", ${found}`;
    case 'EndOfFileExpected':
      return `expected nothing more after the JSON value, ${found}`;
    case 'UnexpectedEndOfComment':
      return 'this comment never ends';
    case 'UnexpectedEndOfString':
      return 'the string that starts here has no closing double quote on its line';
    case 'UnexpectedEndOfNumber':
    case 'InvalidNumberFormat':
      return `${excerpt(there)} is not a JSON number`;
    case 'InvalidUnicode':
      return 'a \\u in this string is not followed by four hex digits';
    case 'InvalidEscapeCharacter':
      return 'this string has a backslash before a character that JSON does not escape; a backslash itself is written \\\\';
    case 'InvalidCharacter':
      return 'this string holds a raw control character; a tab is written \\t, a line break \\n';
    default:
      return `expected JSON, ${found}`;
  }
}

function json5Feature(there: string, before: string, after: string) {
  if (there.startsWith("'")) {
    const message = "single quotes are JSON5's; JSON strings take double quotes";
    return { message, next: 'write it in double quotes' };
  }
  if (/^[+.]|^[+-]?(Infinity|NaN)/.test(there) || (/^[xX]/.test(there) && before.endsWith('0'))) {
    return { message: 'this is a number of JSON5, not of JSON', next: 'write it in decimal' };
  }
  if (!/^[A-Za-z_$][\w$-]*$/.test(there)) return undefined;
  const word = excerpt(there);
  if (/^\s*:/.test(after)) {
    return {
      message: `the key ${word} stands without quotes, as JSON5 allows and JSON does not`,
      next: `write ${word}`,
    };
  }
  const known = didYouMean(there, ['true', 'false', 'null']);
  return { message: `expected a value, found ${word} without quotes`, next: `write ${known ?? word}` };
}

function excerpt(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  const short = line.length > 30 ? `${line.slice(0, 30)}…` : line;
  return short.startsWith('"') ? short : `"${short}"`;
}
