import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { decodeJson } from './jsonBytes.ts';
import { commentProblem, syntaxProblem, trailingCommaProblem } from './jsonProblems.ts';
import type { Problem } from './problem.ts';
import { lineMap, positionAt } from './textPlace.ts';

/** More syntax errors than a few help nobody. */
const SYNTAX_ERRORS_MAX = 3;

const BOM: Problem = {
  rule: 'json-bom',
  message: 'the file starts with a byte order mark, which BuildKit refuses',
  next: 'save it as UTF-8 without BOM',
  offset: 0,
  length: 1,
  fix: { title: 'remove the byte order mark', edits: [{ offset: 0, length: 1, text: '' }] },
};

/** A JSON file as read: its text, the tree of its values with their offsets, and what is wrong with it. */
export interface JsonText {
  text: string;
  /** Undefined where the text is too broken to have one. A BOM, comments and trailing commas do not go that far. */
  root: Node | undefined;
  problems: Problem[];
}

/**
 * Reads bytes as strict JSON (RFC 8259), which is what Go's decoder takes: no comments, no trailing commas, no byte
 * order mark. Lines may end in LF or CRLF. Never throws: what is wrong is in `problems`.
 */
export function readJson(bytes: Uint8Array): JsonText {
  const { text, problem } = decodeJson(bytes);
  if (problem !== undefined) return { text, root: undefined, problems: [problem] };

  // What makes this no strict JSON is blanked out, so that offsets stay and the rest can still be looked at.
  const bom = text.startsWith('\uFEFF') ? [BOM] : [];
  const withoutBom = bom.length > 0 ? ` ${text.slice(1)}` : text;
  const strict = parse(withoutBom);
  const comments = strict.errors
    .filter(isComment)
    .map(({ offset, length }) => commentProblem(offset, length));
  const json = blankOut(withoutBom, comments);
  const { root, errors } = comments.length > 0 ? parse(json) : strict;

  const commas = new Map<number, Problem>();
  const others: Problem[] = [];
  for (const error of errors) {
    const comma = trailingCommaProblem(json, error);
    if (comma === undefined) others.push(syntaxProblem(json, error));
    else commas.set(comma.offset, comma);
  }
  const slips = firstPerLine(json, others).slice(0, SYNTAX_ERRORS_MAX);
  const problems = [...bom, ...comments, ...commas.values(), ...slips];
  const last = problems.length === 0 ? lastWord(json) : [];
  return { text, root: others.length > 0 ? undefined : root, problems: [...problems, ...last] };
}

/** After a slip a parser sees ghosts on the same line. */
function firstPerLine(json: string, problems: readonly Problem[]): Problem[] {
  const lines = lineMap(json);
  const seen = new Set<number>();
  return problems.filter(({ offset }) => {
    const { line } = positionAt(lines, offset);
    return !seen.has(line) && seen.add(line);
  });
}

function parse(json: string): { root: Node | undefined; errors: ParseError[] } {
  const errors: ParseError[] = [];
  const root = parseTree(json, errors, { disallowComments: true });
  return { root, errors };
}

function isComment({ error }: ParseError): boolean {
  return printParseErrorCode(error) === 'InvalidCommentToken';
}

/** A text with spaces in the place of some of its parts. */
function blankOut(json: string, parts: readonly Problem[]): string {
  let blanked = '';
  let from = 0;
  for (const { offset, length } of parts) {
    const part = json.slice(offset, offset + length);
    blanked += json.slice(from, offset) + part.replace(/[^\r\n]/g, ' ');
    from = offset + length;
  }
  return blanked + json.slice(from);
}

/** JSON.parse has the last word, for whatever the tolerant parser let pass. */
function lastWord(json: string): Problem[] {
  try {
    JSON.parse(json);
    return [];
  } catch (error) {
    const message = `not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return [{ rule: 'json-syntax', message, offset: 0, length: 0 }];
  }
}
