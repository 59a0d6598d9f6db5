import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import { suggestion } from '../fault/didYouMean.ts';
import { wrongInput } from '../fault/fault.ts';

/** What a person wants in the distros.yaml of their repository; nothing chosen means all. */
export interface InitialChoice {
  distros: readonly string[];
  /** A subject of the example, to be the one under test; undefined for the built-in one. */
  subject: string | undefined;
  /** Where an editor finds the file's JSON Schema, from where the file is. */
  schema: string | undefined;
}

const HEAD = ` What platform-marker verifies. After a change: npx platform-marker generate, then npx platform-marker verify.
 A new distro needs three lines: name, base and manager.`;

/** Below a file without subjects. The frontend's own is the one thing that only its maintainers know. */
const NO_SUBJECTS = `
# What is under test; while nothing is named it is the built-in worker build. A frontend is its image and the file it is
# given. Fields of the distro go in braces: {name} {key} {base} {manager} {package} {program} {release}.
# subjects:
#   - name: my-frontend
#     frontend: registry.example/my-frontend:latest
#     target: '{key}/worker'
#     worker-context: my-{key}-worker
#     build-file: |
#       name: smallest
`;

/**
 * The text of a repository's first distros.yaml: rows of the example, as they stand there.
 *
 * @param example the text of the distros.yaml that comes with this program.
 * @throws {Fault} (wrong input) for a distro or a subject that the example does not have.
 */
export function initialMatrix(example: string, { distros, subject, schema }: InitialChoice): string {
  const document = parseDocument(example);
  keepRows(document, 'distros', distros, 'distro');
  if (subject === undefined) document.delete('subjects');
  else keepRows(document, 'subjects', [subject], 'subject');
  const editor = schema === undefined ? '' : ` yaml-language-server: $schema=${schema}\n\n`;
  replaceHead(document, editor + HEAD);
  return document.toString({ lineWidth: 0 }) + (subject === undefined ? NO_SUBJECTS : '');
}

/** The example's own head stands before its first key. */
function replaceHead(document: Document, head: string): void {
  const first = isMap(document.contents) ? document.contents.items[0]?.key : undefined;
  if (isScalar(first)) first.commentBefore = head;
  document.commentBefore = null;
}

/** Leaves the rows of these names in a list. */
function keepRows(document: Document, list: string, names: readonly string[], what: string): void {
  const rows = document.get(list);
  if (!isSeq(rows)) throw new Error(`the example has no ${list}`);
  const nameOf = (row: unknown) => (isMap(row) ? String(row.get('name')) : '');
  const known = rows.items.map(nameOf);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const next = `there are: ${known.join(', ')}; your own go into distros.yaml afterwards`;
    throw wrongInput(
      unknown.map((name) => ({ message: `there is no ${what} "${name}"${suggestion(name, known)}`, next })),
    );
  }
  if (names.length > 0) rows.items = rows.items.filter((row) => names.includes(nameOf(row)));
  const [first] = rows.items;
  if (isMap(first)) first.spaceBefore = false;
}
