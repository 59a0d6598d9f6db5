import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLONE } from '../e2e/verbs.ts';

const LIB = join(CLONE, 'lib');
const table = (await readFile(join(CLONE, 'CONTRIBUTING.md'), 'utf8')).split(/^## /m)[1] ?? '';
const rooms = [...table.matchAll(/^\| `([a-z]+)` +\|/gm)].map(([, room = '']) => room);

/** The rooms that a file takes something from, its own among them. */
function roomsOf(file: string, text: string): string[] {
  const imports = [...text.matchAll(/(?:\bfrom|\bimport\(|^import) ?'(\.[^']+)'/gm)];
  return imports.map(([, path = '']) => roomOf(resolve(dirname(file), path)));
}

function roomOf(file: string): string {
  return relative(LIB, file).split(sep)[0] ?? '';
}

test('CONTRIBUTING has a row for each room, and none for another', async () => {
  const folders = (await readdir(LIB, { withFileTypes: true })).map(({ name }) => name);
  assert.equal([...rooms].sort(), folders.sort());
});

test('A room depends on those above it in the table alone', async () => {
  const files = (await readdir(LIB, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const wrong: string[] = [];
  for (const name of files) {
    const file = join(LIB, name);
    for (const room of roomsOf(file, await readFile(file, 'utf8')))
      if (!rooms.slice(0, rooms.indexOf(roomOf(file)) + 1).includes(room)) wrong.push(`${name}: ${room}`);
  }
  assert.equal(wrong, []);
});

test('An import of a room is found however it is written', () => {
  const text = `import type {\n  A,\n} from '../a/a.ts';\nimport '../b/b.ts';\nawait import('../../c/c.ts');\nexport { D } from './d.ts';\nimport e from 'e';`;
  assert.equal(roomsOf(join(LIB, 'own/own.ts'), text), ['a', 'b', '..', 'own']);
  assert.equal(roomsOf(join(LIB, 'own/deep/own.ts'), text).at(2), 'c');
});

test.run();
