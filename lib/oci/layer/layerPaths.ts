import type { TarEntry, TarType } from '../tar/entry.ts';
import { createColumn } from './column.ts';
import { createEntryList, type EntryFacts } from './entryList.ts';
import { createPathTree, type PathTree } from './pathTree.ts';

/** A file of a layer. */
export interface LayerEntry extends EntryFacts {
  /** The name as a path from the root, without a leading slash; `''` never occurs. */
  path: string;
  /** For a hard link whose target comes earlier in the same layer: gives that file, as it was then. */
  linked?: () => LayerEntry;
}

/** What a layer can say of a path besides its entry. */
export const SAYS = {
  /** It is a directory that files of the layer lie in and that no entry had made before. */
  implied: 1,
  /** It is removed from the layers below. */
  whiteout: 2,
  /** Everything below it is hidden in the layers below. */
  opaque: 4,
} as const;

/** What a layer says of paths, each by its number in the tree; of a path that comes twice, the last entry. */
export interface LayerPaths {
  readonly tree: PathTree;
  /** Whether one of these flags was noted. */
  says(node: number, flags: number): boolean;
  note(node: number, flag: number): void;
  hasEntry(node: number): boolean;
  /** Undefined where there is no entry. */
  typeOf(node: number): TarType | undefined;
  entryOf(node: number): LayerEntry | undefined;
  /**
   * Takes an entry as the last of its path.
   *
   * @param target for a hard link, the path that it is made of, if it is there.
   */
  setEntry(node: number, entry: TarEntry, target?: number): void;
  /** Bytes of all names and link targets together. */
  nameBytes(): number;
}

export function createLayerPaths(): LayerPaths {
  const tree = createPathTree();
  const entries = createEntryList();
  /** By path: its flags, and one more than the number of its last entry. */
  const flags = createColumn(Uint8Array);
  const last = createColumn(Int32Array);
  /** By entry: its path, and for a hard link one more than the number of the entry that it was made of. */
  const nodes = createColumn(Int32Array);
  const linked = createColumn(Int32Array);

  function entryAt(number: number): LayerEntry {
    const entry: LayerEntry = { path: tree.pathOf(nodes.get(number)), ...entries.at(number) };
    const target = linked.get(number) - 1;
    if (target >= 0) entry.linked = () => entryAt(target);
    return entry;
  }

  const hasEntry = (node: number) => last.get(node) > 0;
  return {
    tree,
    says: (node, flag) => (flags.get(node) & flag) !== 0,
    note(node, flag) {
      flags.set(node, flags.get(node) | flag);
    },
    hasEntry,
    typeOf: (node) => (hasEntry(node) ? entries.typeOf(last.get(node) - 1) : undefined),
    entryOf: (node) => (hasEntry(node) ? entryAt(last.get(node) - 1) : undefined),
    setEntry(node, entry, target) {
      const number = entries.count();
      if (target !== undefined) linked.set(number, last.get(target));
      entries.push(entry);
      nodes.set(number, node);
      last.set(node, number + 1);
    },
    nameBytes: () => tree.nameBytes() + entries.linkBytes(),
  };
}
