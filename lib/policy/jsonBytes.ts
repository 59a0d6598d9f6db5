import type { Problem } from './problem.ts';

/** BuildKit's API takes messages of 16 MiB, and a policy travels in one. */
const SIZE_MAX = 16 * 1024 * 1024;
/** A policy nests six deep; Go's own limit is 10000. */
const DEPTH_MAX = 100;

/** Decodes bytes that are to be a JSON file. With a problem there is no point in parsing the text. */
export function decodeJson(bytes: Uint8Array): { text: string; problem?: Problem } {
  if (bytes.byteLength > SIZE_MAX) {
    const message = `the file has ${bytes.byteLength} bytes; BuildKit takes no policy above ${SIZE_MAX}`;
    return { text: '', problem: { rule: 'json-size', message, offset: 0, length: 0 } };
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const problem = notUtf8(bytes, text) ?? empty(text) ?? tooDeep(text);
  return problem === undefined ? { text } : { text, problem };
}

function notUtf8(bytes: Uint8Array, text: string): Problem | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return undefined;
  } catch {
    const offset = badByteAt(bytes, text);
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return {
      rule: 'json-encoding',
      message: utf16 ? 'the file is UTF-16; expected UTF-8' : 'a byte here is not UTF-8',
      next: 'save the file as UTF-8',
      offset: utf16 ? 0 : offset,
      length: 1,
    };
  }
}

/** Where decoding first put a U+FFFD that the bytes do not spell out. */
function badByteAt(bytes: Uint8Array, text: string): number {
  const encoder = new TextEncoder();
  let at = 0;
  for (let offset = 0; offset < text.length;) {
    const rune = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    const expected = encoder.encode(rune);
    if (expected.some((byte, index) => bytes[at + index] !== byte)) return offset;
    at += expected.length;
    offset += rune.length;
  }
  return 0;
}

function empty(text: string): Problem | undefined {
  if (text.replace('\uFEFF', '').trim() !== '') return undefined;
  return {
    rule: 'json-empty',
    message:
      text === ''
        ? 'the file is empty, which buildx takes for a policy without rules: it allows everything'
        : 'the file holds nothing but white space; expected a JSON object',
    next: 'the smallest policy is {"version": 1, "rules": []}',
    offset: 0,
    length: 0,
  };
}

function tooDeep(text: string): Problem | undefined {
  let depth = 0;
  let quoted = false;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text[offset];
    if (quoted) {
      if (char === '\\') offset++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '}' || char === ']') depth--;
    else if ((char === '{' || char === '[') && ++depth > DEPTH_MAX) {
      const message = `values nest more than ${DEPTH_MAX} deep here; a policy needs six levels`;
      return { rule: 'json-depth', message, offset, length: 1 };
    }
  }
  return undefined;
}
