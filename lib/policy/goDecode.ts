import type { Node } from 'jsonc-parser';
import { didYouMean } from '../fault/didYouMean.ts';
import { knownKey, propertiesOf, wellFormed } from './goFields.ts';
import type { Problem } from './problem.ts';

/** What decoding needs beside the tree: the text, and a place for what Go would refuse. */
export interface Decoding {
  text: string;
  problems: Problem[];
}

/**
 * How one JSON value is decoded onto what an earlier one of the same key left behind: Go's decoder does not start
 * afresh for a key that is written twice.
 */
export type Decode<T> = (node: Node, before: T | undefined, decoding: Decoding) => T | undefined;

/** A Go slice: what lies behind its length stays in memory, and a longer array written later meets it again. */
export interface Slice<T> {
  backing: (T | undefined)[];
  length: number;
}

/** Decodes an object, field by field, in the order of the text. `null` leaves a struct as it is (encoding/json). */
export function decodeFields<K extends string>(
  node: Node,
  fields: Readonly<Record<K, (value: Node) => void>>,
  what: string,
  decoding: Decoding,
): void {
  if (node.type === 'null') return;
  if (node.type !== 'object') {
    refuse(node, `${what} must be an object`, decoding);
    return;
  }
  const known = Object.keys(fields) as K[];
  for (const { key, valueNode } of propertiesOf(node)) {
    const field = knownKey(key, known);
    if (field !== undefined) fields[field](valueNode);
  }
}

/** Decodes an array onto a slice. Elements that were there before are written over, not replaced. */
export function decodeSlice<T>(
  node: Node,
  before: Slice<T> | undefined,
  decode: Decode<T>,
  what: string,
  decoding: Decoding,
): Slice<T> | undefined {
  if (node.type === 'null') return undefined;
  if (node.type !== 'array') {
    refuse(node, `${what} must be an array`, decoding);
    return before;
  }
  const elements = node.children ?? [];
  if (elements.length === 0) return { backing: [], length: 0 };
  const slice = before ?? { backing: [], length: 0 };
  elements.forEach((element, index) => {
    slice.backing[index] = decode(element, slice.backing[index], decoding);
  });
  slice.length = elements.length;
  return slice;
}

/** The elements within a slice's length. A null element is undefined. */
export function elementsOf<T>(slice: Slice<T> | undefined): (T | undefined)[] {
  return slice === undefined ? [] : slice.backing.slice(0, slice.length);
}

/** Decodes a string; `null` leaves it as it was. */
export function decodeString(node: Node, before: string, what: string, decoding: Decoding): string {
  if (node.type === 'string') return wellFormed(String(node.value));
  if (node.type !== 'null') refuse(node, `${what} must be a string`, decoding);
  return before;
}

/** Decodes a whole number; `null` leaves it as it was. Go takes no fraction and no exponent, not even `1.0`. */
export function decodeInteger(node: Node, before: number, what: string, decoding: Decoding): number {
  if (node.type === 'null') return before;
  if (node.type === 'number' && fitsBits(sourceOf(node, decoding), 64)) return Number(node.value);
  refuse(node, `${what} must be a whole number`, decoding);
  return before;
}

/**
 * Decodes an enum, which may be a name, a number or `null` (which is the first name). Names are matched letter for
 * letter (BuildKit util/gogo/proto/enum.go and sourcepolicy/pb/json.go).
 */
export function decodeEnum<N extends string>(
  node: Node,
  names: readonly [N, ...N[]],
  what: string,
  decoding: Decoding,
): N {
  const choice = `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
  if (node.type === 'null') return names[0];
  if (node.type === 'string') {
    const text = wellFormed(String(node.value));
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) refuseName(node, text, names, `${what} must be ${choice}`, decoding);
    return name ?? names[0];
  }
  const isNumber = node.type === 'number' && fitsBits(sourceOf(node, decoding), 32);
  const name = isNumber ? names[Number(node.value)] : undefined;
  if (name === undefined) refuse(node, `${what} must be ${choice}`, decoding);
  return name ?? names[0];
}

function refuseName(
  node: Node,
  text: string,
  names: readonly string[],
  expected: string,
  { problems }: Decoding,
): void {
  const meant = names.find((name) => name === text.toUpperCase()) ?? didYouMeanName(text, names);
  problems.push({
    rule: 'bad-enum',
    message: `${expected}, not "${text}"${meant === undefined ? '' : ` (did you mean "${meant}"?)`}; BuildKit refuses the file`,
    offset: node.offset,
    length: node.length,
    ...(meant === undefined
      ? {}
      : {
          fix: {
            title: `write "${meant}"`,
            edits: [{ offset: node.offset, length: node.length, text: `"${meant}"` }],
          },
        }),
  });
}

function didYouMeanName(text: string, names: readonly string[]): string | undefined {
  const lower = didYouMean(
    text,
    names.map((name) => name.toLowerCase()),
  );
  return lower?.toUpperCase();
}

function refuse(node: Node, expected: string, decoding: Decoding): void {
  const { offset, length, type } = node;
  const source = sourceOf(node, decoding);
  const found =
    type === 'object' || type === 'array' ? `an ${type}` : source.length > 40 ? `a ${type}` : source;
  decoding.problems.push({
    rule: 'wrong-type',
    message: `${expected}, not ${found}; BuildKit refuses the file`,
    offset,
    length,
  });
}

function sourceOf(node: Node, { text }: Decoding): string {
  return text.slice(node.offset, node.offset + node.length);
}

function fitsBits(source: string, bits: number): boolean {
  return (
    /^-?\d+$/.test(source) && source.length <= 20 && BigInt.asIntN(bits, BigInt(source)) === BigInt(source)
  );
}
