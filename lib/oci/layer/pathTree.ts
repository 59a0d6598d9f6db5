import { randomInt } from 'node:crypto';
import { createColumn } from './column.ts';
import { createTextList } from './textList.ts';

/** The root's number. */
export const ROOT = 0;

/**
 * Paths, each with a number. A layer can have hundreds of thousands of them, and whoever made it may have chosen them so
 * as to be a burden: one costs some 30 bytes outside of the heap, and time in proportion to its length.
 */
export interface PathTree {
  /** How many numbers are given out, the root's among them. A directory's is lower than those of what is in it. */
  count(): number;
  /** Bytes of all names together; directories that paths share have theirs once. */
  nameBytes(): number;
  /** The number of a path from the root (`a/b`), which is given out with those of the directories above if it is new. */
  add(path: string): number;
  /** The number of a path, or of the nearest directory above it that there is. */
  nearest(path: string): { node: number; isIt: boolean };
  /** The number of the directory above; the root's is the root. */
  parentOf(node: number): number;
  pathOf(node: number): string;
  /** The numbers of all paths whose last part is one of these. */
  named(names: ReadonlySet<string>): Iterable<number>;
}

const SLASH = 0x2f;
/** Drawn anew for every tree, so that no one can choose names that all fall into one slot. */
const randomNumber = () => randomInt(2 ** 30);

export function createPathTree(): PathTree {
  /** The last parts of all paths, the root's among them, which is empty. */
  const names = createTextList();
  const parents = createColumn(Int32Array);
  /** Numbers by the hash of parent and name, with open addressing; 0 is a free slot, for the root is in none. */
  let slots = new Int32Array(64);
  let count = 1;
  const seed = randomNumber();
  const factor = 2 * randomNumber() + 1;
  names.push('');

  /** The slot of a child whose name is at `from` to `to`, or the free one where it would be. */
  function slotOf(parent: number, from: number, to: number): number {
    const bytes = names.bytes();
    let hash = Math.imul(parent ^ seed, factor);
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), factor);
    hash = Math.imul(hash ^ (hash >>> 15), factor);
    const mask = slots.length - 1;
    for (let slot = (hash ^ (hash >>> 13)) & mask; ; slot = (slot + 1) & mask) {
      const node = slots[slot] as number;
      if (node === 0 || (parents.get(node) === parent && isNamed(node, from, to))) return slot;
    }
  }

  function isNamed(node: number, from: number, to: number): boolean {
    const bytes = names.bytes();
    const start = names.startOf(node);
    if (names.endOf(node) - start !== to - from) return false;
    for (let i = 0; i < to - from; i++) if (bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }

  /** Gives a number to the child whose name is at `from` to `to`. */
  function append(parent: number, from: number, to: number): number {
    const node = count;
    names.keep(from, to);
    parents.set(node, parent);
    count += 1;
    if (2 * count > slots.length) rehash();
    else slots[slotOf(parent, names.startOf(node), names.endOf(node))] = node;
    return node;
  }

  function rehash(): void {
    slots = new Int32Array(2 * slots.length);
    for (let node = 1; node < count; node++)
      slots[slotOf(parents.get(node), names.startOf(node), names.endOf(node))] = node;
  }

  /** Goes down a path from the root: to its end if what is missing is added, or else as far as there is something. */
  function walk(path: string, isAdding: boolean): { node: number; isIt: boolean } {
    let node = ROOT;
    if (path === '') return { node, isIt: true };
    let from = names.size();
    const end = names.tryOut(path);
    const bytes = names.bytes();
    for (let at = from; at <= end; at++) {
      if (at < end && bytes[at] !== SLASH) continue;
      let child = slots[slotOf(node, from, at)] as number;
      if (child === 0) {
        if (!isAdding) return { node, isIt: false };
        child = append(node, from, at);
      }
      node = child;
      from = at + 1;
    }
    return { node, isIt: true };
  }

  function pathOf(node: number): string {
    const parts: string[] = [];
    for (let at = node; at !== ROOT; at = parents.get(at)) parts.push(names.at(at));
    return parts.reverse().join('/');
  }

  return {
    count: () => count,
    nameBytes: () => names.size(),
    add: (path) => walk(path, true).node,
    nearest: (path) => walk(path, false),
    parentOf: (node) => parents.get(node),
    pathOf,
    *named(wanted) {
      const lengths = new Set([...wanted].map((name) => Buffer.byteLength(name)));
      for (let node = 1; node < count; node++) {
        const length = names.endOf(node) - names.startOf(node);
        if (lengths.has(length) && wanted.has(names.at(node))) yield node;
      }
    },
  };
}
