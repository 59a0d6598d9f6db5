import { LayoutError } from '../layoutError.ts';
import { MAX_TAR_NAME_BYTES } from '../limits.ts';
import type { TarHeader } from './header.ts';
import type { PaxRecords } from './pax.ts';

export type TarType =
  'file' | 'link' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo';

/** One file of a tar, with its extension headers applied. Types have tar-stream's names. */
export interface TarEntry {
  /** As it stands in the tar; `cleanTarName` makes a path of it. */
  name: string;
  type: TarType;
  /** The target of a link or symlink, otherwise whatever the header holds there. */
  linkname: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Where the payload starts, in bytes from the start of the tar. */
  offset: number;
  deviceMajor: number;
  deviceMinor: number;
}

const TYPES: Readonly<Record<string, TarType>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

/** What the extension headers in front of a file say: pax records, or GNU's long names. */
export interface TarExtensions {
  records?: PaxRecords;
  longName?: string;
  longLink?: string;
}

/**
 * Makes an entry of a header and what its extension headers say, as Go's archive/tar does (`reader.go` `mergePAX`).
 *
 * @param offset where the payload starts.
 * @throws {LayoutError} `tar-type`, `tar-sparse`, `tar-number`, `tar-hidden-payload` or `tar-name`.
 */
export function createTarEntry(header: TarHeader, extensions: TarExtensions, offset: number): TarEntry {
  const { records, longName, longLink } = extensions;
  const { typeflag } = header;
  const name = longName ?? (records?.get('path') || header.name);
  const type = Object.hasOwn(TYPES, typeflag) ? TYPES[typeflag] : undefined;
  if (typeflag === 'S')
    throw new LayoutError('tar-sparse', `${JSON.stringify(name)} is sparse: expected a plain file`);
  if (type === undefined) {
    throw new LayoutError(
      'tar-type',
      `${JSON.stringify(name)} has type ${JSON.stringify(typeflag)}: expected 0 to 6`,
    );
  }
  const entry: TarEntry = {
    name,
    type,
    linkname: longLink ?? (records?.get('linkpath') || header.linkname),
    size: decimal(records, 'size') ?? header.size,
    uid: decimal(records, 'uid') ?? header.uid,
    gid: decimal(records, 'gid') ?? header.gid,
    mode: header.mode,
    offset,
    deviceMajor: header.deviceMajor,
    deviceMinor: header.deviceMinor,
  };
  checkEntry(entry, header.name);
  return entry;
}

function decimal(records: PaxRecords | undefined, keyword: string): number | undefined {
  const value = records?.get(keyword);
  return value === undefined || value === '' ? undefined : Number(value);
}

function checkEntry(entry: TarEntry, headerName: string): void {
  const { name, type, size, linkname } = entry;
  if (size < 0)
    throw new LayoutError('tar-number', `${JSON.stringify(name)} has size ${size}: expected none below 0`);
  if (type !== 'file' && size > 0) {
    throw new LayoutError(
      'tar-hidden-payload',
      `${JSON.stringify(name)} is a ${type} with ${size} bytes, in which some readers find entries: expected 0 bytes`,
    );
  }
  // Some readers take a file whose name ends in a slash for a directory.
  const isOdd = type === 'file' && (name.endsWith('/') || headerName.endsWith('/'));
  if (name === '' || isOdd || isTooLong(name)) {
    throw new LayoutError(
      'tar-name',
      `a ${type} is named ${JSON.stringify(name.slice(0, 40))}: expected 1 to ${MAX_TAR_NAME_BYTES} bytes, no slash at the end`,
    );
  }
  if ((type === 'link' || type === 'symlink') && (linkname === '' || isTooLong(linkname))) {
    throw new LayoutError(
      'tar-name',
      `the ${type} ${JSON.stringify(name)} has no sane target: expected a path`,
    );
  }
}

function isTooLong(name: string): boolean {
  return name.length > MAX_TAR_NAME_BYTES / 4 && Buffer.byteLength(name) > MAX_TAR_NAME_BYTES;
}

/**
 * A name as a path from the image's root: no leading slash or `./`, nothing doubled, `''` for the root itself. Follows
 * containerd, which cleans a name and takes it from the root.
 *
 * @throws {LayoutError} `tar-name-traversal` for a name with `..` in it.
 */
export function cleanTarName(name: string): string {
  // Layers have very many names, and most are clean.
  if (!UNCLEAN.test(name)) return name;
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new LayoutError('tar-name-traversal', `the name ${JSON.stringify(name)}: expected no ".." in it`);
  }
  return parts.join('/');
}

/** An empty part, `.` or `..` anywhere. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;
