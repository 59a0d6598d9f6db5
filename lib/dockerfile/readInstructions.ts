/** An instruction, in as far as it is told from what stands before and behind it. */
export interface ReadInstruction {
  /** As it is written: `FROM`, `run`. */
  keyword: string;
  /** All its lines as they are written, the bodies of heredocs too, without white space around. */
  text: string;
  /** In one line: without the continuations, the comments between them, and the bodies of heredocs. */
  line: string;
}

/** Passed over within an instruction. */
const BETWEEN = /^[\t ]*(?:#|$)/;
const CONTINUED = /(?:^|[^\\])(\\[ \t]*)$/;
/** A heredoc, its name without quotes or with one pair of them around the whole of it. */
const HEREDOC = /\d*<<(-?)(?:([A-Za-z_]\w*)|"([A-Za-z_]\w*)"|'([A-Za-z_]\w*)')(?=[\t ]|$)/y;
/** Any other word: quotes are whole, and have no escapes and nothing that begins a heredoc in them. */
const WORD = /(?:[^\t "'\\<]|<(?!<)|"(?:[^"\\<$]|\$\w+|\$\{\w+\})*"|'[^'\\<]*')+(?=[\t ]|$)/y;

/**
 * Where each instruction of a Dockerfile begins and ends, as BuildKit tells it (`frontend/dockerfile/parser/parser.go`): what
 * is a line's continuation, what is a heredoc's body, and what begins with another instruction.
 *
 * Throws a RangeError, whose message is a clause for people, where that hangs on quoting, on an `escape` directive, or on
 * white space of other kinds than blanks, tabs and newlines.
 */
export function readInstructions(text: string): ReadInstruction[] {
  if (/^[\t ]*#[ \t]*escape[ \t]*=/im.test(text)) throw new RangeError('it has a "# escape=" line');
  const lines = text.split('\n');
  // In a comment, or in a heredoc's line that looks like one, it cannot begin an instruction.
  if (lines.some((line) => !/^[\t ]*#/.test(line) && /[^\S\t ]|\u0085/.test(line)))
    throw new RangeError('it has white space of unusual kinds');
  const found: ReadInstruction[] = [];
  for (let at = 0; at < lines.length;) {
    const start = at;
    let piece = (lines[at++] ?? '').replace(/^[\t ]+/, '');
    if (piece === '' || piece.startsWith('#')) continue;
    let end = at;
    let line = '';
    for (let cut = CONTINUED.exec(piece); cut !== null; cut = CONTINUED.exec(piece)) {
      line += piece.slice(0, -(cut[1] ?? '').length);
      while (at < lines.length && BETWEEN.test(lines[at] ?? '')) at += 1;
      piece = lines[at++] ?? '';
      end = at;
    }
    line += piece;
    const keyword = /^[^\t ]*/.exec(line.trimStart())?.[0] ?? '';
    for (const body of heredocsOf(keyword, line)) {
      const last = lines.findIndex(
        (one, index) => index >= at && (body.chomp ? one.replace(/^\t+/, '') : one) === body.name,
      );
      if (last === -1) throw new RangeError(`the heredoc ${body.name} has no end`);
      at = last + 1;
      end = at;
    }
    found.push({ keyword, text: lines.slice(start, end).join('\n').trim(), line });
  }
  return found;
}

function heredocsOf(keyword: string, line: string): { name: string; chomp: boolean }[] {
  if (!/^(?:add|copy|run)$/i.test(keyword) || !line.includes('<<')) return [];
  const found: { name: string; chomp: boolean }[] = [];
  for (let at = 0; at < line.length;) {
    if (/[\t ]/.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    HEREDOC.lastIndex = WORD.lastIndex = at;
    const [heredoc, dash, ...names] = HEREDOC.exec(line) ?? [];
    const word = heredoc ?? WORD.exec(line)?.[0];
    // Within quotes and braces, and after a backslash, it is a text.
    if (word === undefined || /\$\{[^}]*$/.test(word))
      throw new RangeError('it has "<<" beside quotes or escapes');
    if (heredoc !== undefined) found.push({ name: names.find(Boolean) ?? '', chomp: dash === '-' });
    at += word.length;
  }
  return found;
}
