import type { TarEntry, TarType } from '../tar/entry.ts';
import { createColumn } from './column.ts';
import { createTextList } from './textList.ts';

/** What lookups need of a tar's entry. */
export type EntryFacts = Pick<TarEntry, 'type' | 'linkname' | 'mode' | 'uid' | 'gid' | 'size' | 'offset'>;

/** The entries of a layer by their numbers from 0: one costs some 30 bytes outside of the heap, and what it links to. */
export interface EntryList {
  count(): number;
  /** Bytes of all link targets together. */
  linkBytes(): number;
  push(entry: EntryFacts): void;
  typeOf(number: number): TarType;
  /**
   * Of a mode the permission bits are kept, of owners the 32 bits that the kernel takes, and the targets of links alone.
   */
  at(number: number): EntryFacts;
}

const TYPES: readonly TarType[] = [
  'file',
  'link',
  'symlink',
  'character-device',
  'block-device',
  'directory',
  'fifo',
];

export function createEntryList(): EntryList {
  const types = createColumn(Uint8Array);
  const modes = createColumn(Uint16Array);
  const uids = createColumn(Uint32Array);
  const gids = createColumn(Uint32Array);
  const sizes = createColumn(Float64Array);
  const offsets = createColumn(Float64Array);
  const linknames = createTextList();
  let count = 0;
  const typeOf = (number: number) => TYPES[types.get(number)] as TarType;
  return {
    count: () => count,
    linkBytes: () => linknames.size(),
    push({ type, linkname, mode, uid, gid, size, offset }) {
      types.set(count, TYPES.indexOf(type));
      modes.set(count, mode & 0o7777);
      uids.set(count, uid);
      gids.set(count, gid);
      sizes.set(count, size);
      offsets.set(count, offset);
      linknames.push(type === 'link' || type === 'symlink' ? linkname : '');
      count += 1;
    },
    typeOf,
    at: (number) => ({
      type: typeOf(number),
      linkname: linknames.at(number),
      mode: modes.get(number),
      uid: uids.get(number),
      gid: gids.get(number),
      size: sizes.get(number),
      offset: offsets.get(number),
    }),
  };
}
