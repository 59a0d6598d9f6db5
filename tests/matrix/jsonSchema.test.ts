import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { matrixJsonSchema } from '../../lib/matrix/jsonSchema.ts';
import { DEBIAN, matrixText, SUBJECT } from './matrixText.ts';

interface SchemaNode {
  description?: string;
  examples?: unknown[];
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
}

const text = await readFile('schemas/distros.schema.json', 'utf8');
const schema = JSON.parse(text) as SchemaNode;
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
const validate = ajv.compile(schema);

test('The committed schema is the one that the code gives (else: `make generate`)', () => {
  assert.is(text, matrixJsonSchema());
});

test('The committed distros.yaml names the schema and is valid by it', async () => {
  const yaml = await readFile('distros.yaml', 'utf8');
  assert.match(yaml, /^# yaml-language-server: \$schema=schemas\/distros\.schema\.json\n/);
  assert.ok(validate(parse(yaml)), JSON.stringify(validate.errors));
});

function fieldsOf(node: SchemaNode, path: string): [path: string, field: SchemaNode][] {
  const inner = node.items === undefined ? [] : fieldsOf(node.items, path);
  const own = Object.entries(node.properties ?? {}).flatMap(([key, field]): [string, SchemaNode][] => [
    [`${path}.${key}`, field],
    ...fieldsOf(field, `${path}.${key}`),
  ]);
  return [...inner, ...own];
}

for (const [path, field] of fieldsOf(schema, '')) {
  test(`${path} has a description, and examples that are valid in its place`, () => {
    assert.ok(field.description);
    assert.ok(field.examples?.length);
    for (const example of field.examples ?? []) {
      assert.ok(ajv.validate(field, example), `${JSON.stringify(example)}: ${JSON.stringify(ajv.errors)}`);
    }
  });
}

test('A file with every key is valid', () => {
  const distros = `${DEBIAN}
    key: bookworm
    platforms: [linux/arm/v7]
    release: "9"
    package: hello
    program: /usr/bin/hello
    os-release: { ID: a, VERSION_ID: "1", PRETTY_NAME: A 1 }
    bootstrap: { suite: bookworm }`;
  const subjects = `${SUBJECT}
    target: "{key}/worker"
    args: { A: b }
  - { name: b, frontend: "a/{key}:1", build-file: x, worker-context: y }`;
  assert.ok(validate(parse(matrixText({ distros, subjects }))), JSON.stringify(validate.errors));
});

const BAD: readonly (readonly [what: string, text: string])[] = [
  ['an unknown key', matrixText({ more: 'x: 1' })],
  ['an unknown key in a row', matrixText({ distros: `${DEBIAN}\n    x: 1` })],
  ['no distros', matrixText({ distros: ' []' })],
  ['a row without a base', matrixText({ distros: '\n  - { name: a, manager: apt }' })],
  ['an unknown manager', matrixText({ distros: DEBIAN.replace('apt', 'apk') })],
  ['a base in upper case', matrixText({ distros: DEBIAN.replace('base: debian', 'base: Debian') })],
  ['a name that ends in "-"', matrixText({ distros: DEBIAN.replace('name: debian', 'name: debian-') })],
  ['a platform in one word', matrixText({ platforms: '[linux]' })],
  ['a platform twice', matrixText({ platforms: '[linux/amd64, linux/amd64]' })],
  ['a release that is a number', matrixText({ distros: `${DEBIAN}\n    release: 9` })],
  ['a subject without a source', matrixText({ subjects: '\n  - { name: s, worker-context: w }' })],
  ['a Dockerfile and a frontend', matrixText({ subjects: `${SUBJECT}\n    frontend: f\n    build-file: x` })],
];

for (const [what, bad] of BAD) {
  test(`The schema refuses ${what}`, () => {
    assert.not(validate(parse(bad)));
  });
}

test.run();
