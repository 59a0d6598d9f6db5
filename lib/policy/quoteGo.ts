const NAMED = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

/** What Go's `%q` would not print as it is: control characters, marks of format, and every space but U+0020. */
const ESCAPED = /["\\]|(?! )[\p{C}\p{Z}]/gu;

/** A string in double quotes as Go's `%q` writes it (strconv.Quote), for error texts that are word for word BuildKit's. */
export function quoteGo(text: string): string {
  return `"${text.replace(ESCAPED, escapeRune)}"`;
}

function escapeRune(rune: string): string {
  const named = NAMED.get(rune);
  if (named !== undefined) return named;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff
    ? `\\U${code.toString(16).padStart(8, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
