import { LayoutError } from './layoutError.ts';
import { MAX_JSON_DEPTH } from './limits.ts';

/**
 * Parses a document that two readers must not be able to read as two things: UTF-8 without a byte order mark, no key
 * twice in one object, whole numbers only (Go's decoder refuses `1e3` for an integer), a bounded depth.
 *
 * @throws {LayoutError} `json-syntax`, `json-duplicate-key` or `json-too-deep`.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new LayoutError(
      'json-syntax',
      'the bytes are not JSON in UTF-8: expected one document and nothing else',
    );
  }
  checkTokens(text);
  return value;
}

/** Walks the tokens of a text that is known to be JSON; without recursion, so that depth costs no stack. */
function checkTokens(text: string): void {
  const open: Set<string>[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys !== undefined && isFollowedByColon(text, end)) noteKey(keys, text.slice(at, end));
      at = end;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      at = endOfNumber(text, at);
    } else {
      if (char === '{' || char === '[') open.push(new Set());
      else if (char === '}' || char === ']') open.pop();
      if (open.length > MAX_JSON_DEPTH) {
        throw new LayoutError('json-too-deep', `expected at most ${MAX_JSON_DEPTH} levels of nesting`);
      }
      at += 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(text: string, start: number): boolean {
  let at = start;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text[at] === ':';
}

function noteKey(keys: Set<string>, literal: string): void {
  const key = JSON.parse(literal) as string;
  if (keys.has(key)) {
    throw new LayoutError('json-duplicate-key', `${literal} is twice in one object: expected it once`);
  }
  keys.add(key);
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while ('+-.eE0123456789'.includes(text.charAt(at)) && at < text.length) at += 1;
  const literal = text.slice(start, at);
  if (/[.eE]/.test(literal)) {
    throw new LayoutError('json-syntax', `${literal} is no whole number in plain digits: expected one`);
  }
  return at;
}
