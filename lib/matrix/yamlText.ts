import { isMap, isNode, isAlias, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, Node, YAMLError, YAMLMap } from 'yaml';
import type { Complaint, Place } from '../fault/fault.ts';
import { wrongInput } from '../fault/fault.ts';

export type YamlPath = readonly (string | number)[];

/** A parsed YAML file that remembers where each of its values stands. */
export interface YamlText {
  /** The document as plain values. */
  data: unknown;
  /** Where the value at `path` starts; where it is missing, the nearest thing around it. */
  placeOf: (path: YamlPath) => Place;
  /** Where the key that `path` ends in is written. */
  placeOfKey: (path: YamlPath) => Place;
  /** Where `word` stands in the value at `path`. */
  placeOfWord: (path: YamlPath, word: string) => Place;
  /** A scalar as it is written, without its quotes: `3.0`, where the value is the number 3. */
  sourceOf: (path: YamlPath) => string | undefined;
}

/**
 * Parses one YAML 1.2 document.
 *
 * @param file the name that complaints show.
 * @throws {Fault} with every syntax error, each with line and column.
 */
export function parseYaml(file: string, text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number | undefined): Place => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line, column: col };
  };
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) =>
      syntaxComplaint(error, text, place(error.pos[0])),
    ),
    ...danglingAliases(document).map(({ source, range }) => ({
      message: `"*${source}" repeats "&${source}", which is nowhere before it`,
      place: place(range?.[0]),
    })),
  ];
  if (problems.length > 0) throw wrongInput(problems);
  const startOf = (node: Node | undefined) => node?.range?.[0];
  return {
    data: plainValues(file, document),
    placeOf: (path) => place(startOf(nearest(document, path))),
    placeOfKey: (path) => {
      const parent = nearest(document, path.slice(0, -1));
      const pair = isMap(parent) ? pairOf(parent, path.at(-1)) : undefined;
      return place(isNode(pair?.key) ? startOf(pair.key) : startOf(parent));
    },
    placeOfWord: (path, word) => {
      const start = startOf(nearest(document, path));
      const found = text.indexOf(word, start);
      return place(found < 0 ? start : found);
    },
    sourceOf: (path) => {
      const node = nearest(document, path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

function danglingAliases(document: Document): Alias[] {
  const found: Alias[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) === undefined) found.push(alias);
    },
  });
  return found;
}

function plainValues(file: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // Aliases that unfold without end are only found here.
    const message = error instanceof Error ? error.message : String(error);
    throw wrongInput({ message: `cannot be read as YAML: ${message}`, place: { file } });
  }
}

function pairOf(map: YAMLMap, key: string | number | undefined) {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}

/** The node at `path`, or the innermost one on the way to it that exists. */
function nearest(document: Document, path: YamlPath): Node | undefined {
  let node = document.contents ?? undefined;
  for (const part of path) {
    const next = childOf(document, node, part);
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

function childOf(document: Document, parent: Node | undefined, part: string | number): Node | undefined {
  const collection = isAlias(parent) ? parent.resolve(document) : parent;
  const child = isMap(collection)
    ? pairOf(collection, part)?.value
    : isSeq(collection)
      ? collection.items[Number(part)]
      : undefined;
  return isNode(child) ? child : undefined;
}

function syntaxComplaint(error: YAMLError, text: string, place: Place): Complaint {
  switch (error.code) {
    case 'DUPLICATE_KEY': {
      const key = /^(?:"[^"]*"|'[^']*'|[^:\s]+)/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      return { message: `the key ${key} is written twice in the same place`, place };
    }
    case 'MULTIPLE_DOCS':
      return { message: 'a second YAML document starts here; expected only one', place };
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used as indentation; YAML takes spaces', place };
    default:
      return { message: `not YAML: ${error.message}`, place };
  }
}
