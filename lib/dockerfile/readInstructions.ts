/** An instruction in the lines that it takes. */
export interface Lines {
  /** As it is written: `FROM`, `run`. */
  keyword: string;
  /** The first line and the one after the last, from 0. Comments and blank lines after it are not its own. */
  start: number;
  end: number;
  /** In one line: without the continuations, the comments between them, and the bodies of heredocs. */
  line: string;
}

/** Passed over within an instruction. */
const BETWEEN = /^[\t ]*(?:#|$)/;
const CONTINUED = /(?:^|[^\\])(\\[ \t]*)$/;
/** Without quotes or with one pair of them around the whole of the name. */
const HEREDOC = /(?<=[ \t])\d*<<(-?)(?:([A-Za-z_]\w*)|"([A-Za-z_]\w*)"|'([A-Za-z_]\w*)')(?=[ \t]|$)/g;

/**
 * Where each instruction of a Dockerfile begins and ends, as BuildKit tells it (`frontend/dockerfile/parser/parser.go`): what
 * is a line's continuation, what is a heredoc's body, and what begins with another instruction.
 *
 * Throws a RangeError, whose message is a clause for people, where that hangs on quoting, on an `escape` directive, or on
 * white space of other kinds than blanks, tabs and newlines.
 */
export function readInstructions(text: string): Lines[] {
  if (/[^\S\t\n ]|\u0085/.test(text)) throw new RangeError('it has white space of unusual kinds');
  if (/^ *#[ \t]*escape[ \t]*=/im.test(text)) throw new RangeError('it has a "# escape=" line');
  const lines = text.split('\n');
  const found: Lines[] = [];
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
      end = Math.min(at, lines.length);
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
    found.push({ keyword, start, end, line });
  }
  return found;
}

function heredocsOf(keyword: string, line: string): { name: string; chomp: boolean }[] {
  if (!/^(?:add|copy|run)$/i.test(keyword) || !line.includes('<<')) return [];
  const found = [...line.matchAll(HEREDOC)].map(([, dash, ...names]) => ({
    name: names.find(Boolean) ?? '',
    chomp: dash === '-',
  }));
  // Within quotes or braces, and after a backslash, it is a text.
  if (/<<|["'\\]|\$\{[^}\t ]*[\t ]/.test(line.replace(HEREDOC, '')))
    throw new RangeError('it has "<<" beside quotes or escapes');
  return found;
}
