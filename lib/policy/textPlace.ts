/** Where lines start in a text, for turning offsets into lines and columns. */
export interface LineMap {
  text: string;
  /** Offsets of the first character of every line. */
  starts: readonly number[];
}

/** Lines end in LF or CRLF. */
export function lineMap(text: string): LineMap {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { text, starts };
}

/** Line and column of an offset, both from 1; columns count UTF-16 units, as editors do. */
export function positionAt(lines: LineMap, offset: number): { line: number; column: number } {
  let low = 0;
  let high = lines.starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines.starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lines.starts[low] ?? 0) + 1 };
}

/** The text of a line (from 1), without its ending. */
export function lineText(lines: LineMap, line: number): string {
  const start = lines.starts[line - 1] ?? 0;
  return lines.text.slice(start, lines.starts[line]).replace(/\r?\n$/, '');
}
