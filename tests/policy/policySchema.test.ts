import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CONSTRAINT_KEYS,
  POLICY_KEYS,
  RULE_KEYS,
  SELECTOR_KEYS,
  UPDATE_KEYS,
} from '../../lib/policy/goFields.ts';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';
import { ACTIONS, CONDITIONS, MATCH_TYPES } from '../../lib/policy/types.ts';

interface Schema {
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  oneOf?: { const?: string }[];
  $ref?: string;
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const schema = JSON.parse(read('schemas/policy.schema.json')) as Schema;
const validate = new Ajv({ strict: true, strictRequired: false }).compile(schema);

/** A selector that is fine, for rules that are about something else. */
const selector = { identifier: 'https://*' };
const updates = { identifier: 'https://b' };
const withSelector = (more: object) => ({ rules: [{ selector: { ...selector, ...more } }] });

for (const [what, policy] of [
  ['no rules', { rules: [] }],
  ['version 1', { version: 1, rules: [] }],
  ['a place of its schema', { $schema: '../schemas/policy.schema.json', rules: [] }],
  ['a rule that leaves out what it can', { rules: [{ selector }] }],
  ['a CONVERT', { rules: [{ action: 'CONVERT', selector, updates }] }],
  ['numbers for names', { rules: [{ action: 2, selector: { ...selector, match_type: 1 }, updates }] }],
  [
    'attributes',
    { rules: [{ action: 'CONVERT', selector, updates: { attrs: { 'http.checksum': 'sha256:0' } } }] },
  ],
  [
    'constraints',
    withSelector({ constraints: [{ key: 'http.checksum', value: 'a', condition: 'MATCHES' }] }),
  ],
  ['two stars in an expression', withSelector({ identifier: '^\\*\\**$', match_type: 'REGEX' })],
] as const) {
  test(`takes ${what}`, () => {
    assert.ok(validate(policy), JSON.stringify(validate.errors));
    assert.not.equal(
      parsePolicy('p.json', new TextEncoder().encode(JSON.stringify(policy))).policy,
      undefined,
    );
  });
}

for (const [what, policy] of [
  ['a list', []],
  ['no list of rules', { version: 1 }],
  ['another version', { version: 2, rules: [] }],
  ['a key that BuildKit drops', { rules: [], comment: '' }],
  ['a rule without selector', { rules: [{ action: 'DENY' }] }],
  ['null for a rule', { rules: [null] }],
  ['a selector without identifier', { rules: [{ selector: {} }] }],
  ['an empty identifier', withSelector({ identifier: '' })],
  ['matchType', withSelector({ matchType: 'EXACT' })],
  ['a match type in lower case', withSelector({ match_type: 'exact' })],
  ['a match type with another number', withSelector({ match_type: 3 })],
  ['two stars in a wildcard', withSelector({ identifier: 'https://**' })],
  ['an action in lower case', { rules: [{ action: 'deny', selector }] }],
  ['a CONVERT without updates', { rules: [{ action: 'CONVERT', selector }] }],
  ['a CONVERT that updates nothing', { rules: [{ action: 'CONVERT', selector, updates: {} }] }],
  ['a DENY with updates', { rules: [{ action: 'DENY', selector, updates }] }],
  ['updates without an action', { rules: [{ selector, updates }] }],
  ['a constraint without key', withSelector({ constraints: [{ value: 'a' }] })],
  ['an unknown condition', withSelector({ constraints: [{ key: 'a', condition: 'LIKE' }] })],
  [
    'an attribute that is no text',
    { rules: [{ action: 'CONVERT', selector, updates: { attrs: { a: 1 } } }] },
  ],
] as const) {
  test(`refuses ${what}`, () => {
    assert.not.ok(validate(policy));
  });
}

test("takes the project's own policies", () => {
  const files = readdirSync(new URL('../../policies/', import.meta.url)).filter((name) =>
    /^[^.].*\.json$/.test(name),
  );
  assert.ok(files.length > 0);
  for (const file of files) {
    assert.ok(validate(JSON.parse(read(`policies/${file}`))), `${file}: ${JSON.stringify(validate.errors)}`);
  }
});

test('knows the keys that BuildKit knows', () => {
  const keysOf = (object: Schema | undefined) =>
    Object.keys(object?.properties ?? {}).filter((key) => key !== '$schema');
  assert.equal(keysOf(schema), [...POLICY_KEYS]);
  const { rule, selector: selectorSchema, constraint, updates: updatesSchema } = schema.definitions ?? {};
  assert.equal(keysOf(rule), [...RULE_KEYS]);
  assert.equal(keysOf(selectorSchema), [...SELECTOR_KEYS]);
  assert.equal(keysOf(constraint), [...CONSTRAINT_KEYS]);
  assert.equal(keysOf(updatesSchema), [...UPDATE_KEYS]);
});

test('knows the names that BuildKit knows', () => {
  const namesOf = (field: Schema | undefined) => field?.oneOf?.flatMap(({ const: name }) => name ?? []);
  const { rule, selector: selectorSchema, constraint } = schema.definitions ?? {};
  assert.equal(namesOf(rule?.properties?.['action']), [...ACTIONS]);
  assert.equal(namesOf(selectorSchema?.properties?.['match_type']), [...MATCH_TYPES]);
  assert.equal(namesOf(constraint?.properties?.['condition']), [...CONDITIONS]);
});

test('every field has a description, and examples that are valid in its place', () => {
  const ajv = new Ajv({ strict: false });
  ajv.addSchema(schema, 'policy');
  const look = (part: Schema, pointer: string) => {
    if (part.$ref !== undefined) return;
    assert.ok(part.description, `${pointer} has no description`);
    if (pointer !== '#') {
      assert.ok(part.examples?.length, `${pointer} has no examples`);
      for (const example of part.examples ?? []) {
        assert.ok(
          ajv.validate({ $ref: `policy${pointer}` }, example),
          `${pointer}: ${JSON.stringify(example)}`,
        );
      }
    }
    for (const [name, property] of Object.entries(part.properties ?? {}))
      look(property, `${pointer}/properties/${name}`);
    for (const [name, definition] of Object.entries(part.definitions ?? {}))
      look(definition, `${pointer}/definitions/${name}`);
  };
  look(schema, '#');
});

test.run();
