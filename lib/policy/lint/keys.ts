import type { Node } from 'jsonc-parser';
import { didYouMean } from '../../fault/didYouMean.ts';
import {
  CONSTRAINT_KEYS,
  knownKey,
  POLICY_KEYS,
  propertiesOf,
  RULE_KEYS,
  SELECTOR_KEYS,
  UPDATE_KEYS,
  valueOf,
} from '../goFields.ts';
import type { Property } from '../goFields.ts';
import { placeOf } from '../problem.ts';
import type { Fix, Problem } from '../problem.ts';
import type { Check } from './lintRule.ts';

/** Names the schema of the file to editors; that BuildKit drops it is as it should be. */
const SCHEMA_KEY = '$schema';

/** Keys that Go's decoder drops, reads in spite of their letters, or reads twice. */
export const keys: Check = {
  rules: [
    {
      id: 'unknown-key',
      severity: 'error',
      documentation:
        'BuildKit drops a key that it does not know without a word: the rule then means something else.',
    },
    {
      id: 'duplicate-key',
      severity: 'error',
      documentation:
        'Of a key written twice the last one counts, but what the first one held shows through where the last is silent.',
    },
    {
      id: 'key-case',
      severity: 'warning',
      documentation: 'BuildKit takes keys in any letter case; other tools, and the schema, do not.',
    },
  ],
  find: ({ file }) => (file.root === undefined ? [] : inPolicy(file.root)),
};

function* inPolicy(root: Node): Iterable<Problem> {
  yield* inObject(root, 'a policy', POLICY_KEYS);
  for (const rule of valueOf(root, 'rules')?.children ?? []) {
    yield* inObject(rule, 'a rule', RULE_KEYS);
    const selector = valueOf(rule, 'selector');
    const updates = valueOf(rule, 'updates');
    yield* inObject(selector, '"selector"', SELECTOR_KEYS);
    for (const constraint of valueOf(selector, 'constraints')?.children ?? []) {
      yield* inObject(constraint, 'a constraint', CONSTRAINT_KEYS);
    }
    yield* inObject(updates, '"updates"', UPDATE_KEYS);
    yield* inAttrs(valueOf(updates, 'attrs'));
  }
}

function* inObject(object: Node | undefined, what: string, known: readonly string[]): Iterable<Problem> {
  if (object?.type !== 'object') return;
  const properties = propertiesOf(object);
  const written = new Set(properties.map(({ key }) => knownKey(key, known)));
  const seen = new Set<string>();
  for (const property of properties) {
    const name = knownKey(property.key, known);
    if (property.key === SCHEMA_KEY && known === POLICY_KEYS) continue;
    if (name === undefined) yield unknownKey(property, what, known, written);
    else if (seen.has(name)) yield duplicateKey(property);
    else if (name !== property.key) yield keyCase(property, name);
    if (name !== undefined) seen.add(name);
  }
}

/** Attributes have people's own names, and there letter case matters. */
function* inAttrs(attrs: Node | undefined): Iterable<Problem> {
  const seen = new Set<string>();
  for (const property of attrs?.type === 'object' ? propertiesOf(attrs) : []) {
    if (seen.has(property.key)) yield duplicateKey(property);
    seen.add(property.key);
  }
}

function unknownKey(
  { key, keyNode }: Property,
  what: string,
  known: readonly string[],
  written: ReadonlySet<string | undefined>,
): Problem {
  const meant = known.find((name) => name.replace('_', '') === key.toLowerCase()) ?? didYouMean(key, known);
  const suggestion =
    meant === undefined ? `; the keys of ${what} are ${known.join(', ')}` : ` (did you mean "${meant}"?)`;
  return {
    rule: 'unknown-key',
    message: `BuildKit drops the key "${key}" of ${what} without a word${suggestion}`,
    ...placeOf(keyNode),
    ...(meant === undefined || written.has(meant) ? {} : { fix: rename(keyNode, key, meant) }),
  };
}

function duplicateKey({ key, keyNode }: Property): Problem {
  return {
    rule: 'duplicate-key',
    message: `the key "${key}" is written before in the same object`,
    next: 'keep one of the two',
    ...placeOf(keyNode),
  };
}

function keyCase({ key, keyNode }: Property, name: string): Problem {
  return {
    rule: 'key-case',
    message: `the key "${key}" is taken for "${name}" by BuildKit, and by nothing else`,
    ...placeOf(keyNode),
    fix: rename(keyNode, key, name),
  };
}

function rename(keyNode: Node, from: string, to: string): Fix {
  return { title: `rename "${from}" to "${to}"`, edits: [{ ...placeOf(keyNode), text: `"${to}"` }] };
}
