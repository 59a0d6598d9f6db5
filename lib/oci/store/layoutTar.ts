import { LayoutError } from '../layoutError.ts';
import { MAX_LAYOUT_TAR_ENTRIES } from '../limits.ts';
import { cleanTarName, type TarEntry } from '../tar/entry.ts';
import { notAFile } from './readRange.ts';

/** Where the files of a layout lie in its tar, by name. */
export interface LayoutTarIndex {
  /**
   * Takes an entry.
   *
   * @returns whether it is a file of a layout.
   * @throws {LayoutError} `layout-tar-duplicate` or `tar-too-many-entries`, or for its name.
   */
  add(entry: TarEntry): boolean;
  /** @throws {LayoutError} `blob-not-a-file` for what is no regular file. */
  find(name: string): TarEntry | undefined;
}

/** An index of a tar's entries; a name that comes twice is refused, because readers differ in which one they take. */
export function createLayoutTarIndex(): LayoutTarIndex {
  const entries = new Map<string, TarEntry>();
  let count = 0;
  return {
    add(entry) {
      const name = cleanTarName(entry.name);
      count += 1;
      if (count > MAX_LAYOUT_TAR_ENTRIES) {
        throw new LayoutError(
          'tar-too-many-entries',
          `over ${MAX_LAYOUT_TAR_ENTRIES} entries: expected a layout's files`,
        );
      }
      const isSecond = entries.has(name) && entry.type !== 'directory';
      if (isSecond) {
        throw new LayoutError(
          'layout-tar-duplicate',
          `${JSON.stringify(name)} is twice in the tar: expected it once`,
        );
      }
      // Only what a layout is made of is kept: the rest costs no memory.
      const isKept = /^(oci-layout|index\.json|blobs\/.{1,200})$/.test(name);
      if (isKept) entries.set(name, entry);
      return isKept && entry.type === 'file';
    },
    find(name) {
      const entry = entries.get(name);
      if (entry !== undefined && entry.type !== 'file') throw notAFile(name);
      return entry;
    },
  };
}
