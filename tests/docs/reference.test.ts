import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { referencePages } from '../../scripts/reference/pages.ts';
import { code, row, schemaTable } from '../../scripts/reference/schemaTable.ts';

for (const [name, text] of Object.entries(await referencePages())) {
  test(`docs/reference/${name} is what the code gives (else: \`make reference\`)`, async () => {
    const file = new URL(`../../docs/reference/${name}`, import.meta.url);
    assert.is(await readFile(file, 'utf8'), text);
  });
}

test('A schema is a row for each field, by the way to it', () => {
  const table = schemaTable({
    properties: {
      name: { type: 'string', description: 'Who it is', examples: ['a|b'] },
      parts: { type: 'array', items: { type: 'object', properties: { size: { type: 'number' } } } },
      how: { anyOf: [{ enum: ['one', 'two'] }, { type: 'null' }] },
    },
    required: ['name'],
  });
  assert.equal(table.split('\n').slice(2), [
    '| `name` | string | yes | Who it is. For example `a\\|b` |',
    '| `parts` | list of objects |  |  |',
    '| `parts[].size` | number |  |  |',
    '| `how` | `one`, `two` or null |  |  |',
  ]);
});

test('What stands in a cell ends neither the cell nor its code', () => {
  assert.is(row(['a\n  b', 'c|d']), '| a b | c\\|d |');
  assert.is(code('a`b\nc'), '`` a`b\\nc ``');
});

test.run();
