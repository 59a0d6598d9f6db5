import type { Node } from 'jsonc-parser';

/** The keys that BuildKit knows, by the object they stand in (json tags of sourcepolicy/pb/policy.pb.go). */
export const POLICY_KEYS = ['version', 'rules'] as const;
export const RULE_KEYS = ['action', 'selector', 'updates'] as const;
export const SELECTOR_KEYS = ['identifier', 'match_type', 'constraints'] as const;
export const CONSTRAINT_KEYS = ['key', 'value', 'condition'] as const;
export const UPDATE_KEYS = ['identifier', 'attrs'] as const;

/** A key and its value as they stand in an object, in the order of the text. */
export interface Property {
  key: string;
  keyNode: Node;
  valueNode: Node;
}

/** The properties of an object, duplicates included. Keys are made well formed as Go's decoder does. */
export function propertiesOf(object: Node): Property[] {
  const properties: Property[] = [];
  for (const { children } of object.children ?? []) {
    const [keyNode, valueNode] = children ?? [];
    if (keyNode !== undefined && valueNode !== undefined) {
      properties.push({ key: wellFormed(String(keyNode.value)), keyNode, valueNode });
    }
  }
  return properties;
}

/**
 * Which of the known keys Go's decoder takes a key for: letter case does not matter to it, and neither do the two
 * foreign letters that fold to ASCII (U+017F to s, U+212A to k). Undefined: the key is dropped (encoding/json).
 */
export function knownKey<K extends string>(key: string, known: readonly K[]): K | undefined {
  const exact = known.find((candidate) => candidate === key);
  if (exact !== undefined) return exact;
  const folded = key.replaceAll('\u017F', 's').replaceAll('\u212A', 'k').toLowerCase();
  return known.find((candidate) => candidate === folded);
}

/** The value that Go's decoder ends up with for a key: the last one that is written for it. */
export function valueOf(object: Node | undefined, name: string): Node | undefined {
  if (object?.type !== 'object') return undefined;
  return propertiesOf(object).findLast(({ key }) => knownKey(key, [name]) !== undefined)?.valueNode;
}

/** A string as Go's decoder keeps it: half of a surrogate pair becomes U+FFFD. */
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Cs}/gu, '\uFFFD') : text;
}
