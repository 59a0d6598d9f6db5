import { LayoutError } from '../layoutError.ts';
import { MAX_TAR_EXTENSION_BYTES, MAX_TAR_NAME_BYTES } from '../limits.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from './header.ts';
import { parsePaxRecords, type PaxRecords } from './pax.ts';

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

/** What the walk asks of whoever has the bytes. */
export type TarStep =
  /** Resume with exactly so many bytes, or with fewer where the tar ends. */
  | { kind: 'read'; bytes: number }
  /** Go over so many bytes, which must be there. */
  | { kind: 'skip'; bytes: number }
  /** A file; its payload is the next skip. */
  | { kind: 'entry'; entry: TarEntry };

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

/** Extension headers that were read and wait for the file that they describe. */
interface Pending {
  records?: PaxRecords;
  longName?: string;
  longLink?: string;
}

/**
 * Walks a tar without doing any reading of its own, so that one reader serves streams and files with random access.
 *
 * It sees what Go's archive/tar sees (`reader.go` `next`), with which BuildKit and containerd read, and refuses by name
 * what tar-stream, or any other reader, could see differently. Global headers may carry a comment and nothing else.
 *
 * @throws {LayoutError} whose rule starts with `tar-`, or `layer-overlay-xattr`.
 */
export function* walkTar(): Generator<TarStep, void, Buffer> {
  let offset = 0;
  let pending: Pending = {};
  for (;;) {
    const block = yield { kind: 'read', bytes: BLOCK_BYTES };
    if (block.length < BLOCK_BYTES) throw endedEarly(block.length === 0);
    offset += BLOCK_BYTES;
    if (isZero(block)) {
      if (Object.keys(pending).length > 0) throw outOfOrder('the end of the tar');
      return yield* checkEnd();
    }
    const header = parseTarHeader(block);
    if ('xgLK'.includes(header.typeflag)) {
      const bytes = yield* readExtension(header);
      offset += padded(header.size);
      pending = addExtension(pending, header.typeflag, bytes);
      continue;
    }
    const entry = applyExtensions(header, pending, offset);
    pending = {};
    yield { kind: 'entry', entry };
    yield { kind: 'skip', bytes: padded(entry.size) };
    offset += padded(entry.size);
  }
}

/**
 * A name as a path from the image's root: no leading slash or `./`, nothing doubled, `''` for the root itself. Follows
 * containerd, which cleans a name and takes it from the root.
 *
 * @throws {LayoutError} `tar-name-traversal` for a name with `..` in it.
 */
export function cleanTarName(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new LayoutError('tar-name-traversal', `the name ${JSON.stringify(name)}: expected no ".." in it`);
  }
  return parts.join('/');
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
}

const ZEROS = Buffer.alloc(64 * 1024);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(ZEROS.subarray(0, bytes.length));
}

/** After the first zero block: a second one, and from there on zeros only. Go would stop, others would read on. */
function* checkEnd(): Generator<TarStep, void, Buffer> {
  const second = yield { kind: 'read', bytes: BLOCK_BYTES };
  if (second.length < BLOCK_BYTES || !isZero(second)) {
    throw new LayoutError('tar-end', 'a lone zero block: expected two at the end of the tar');
  }
  let rest: Buffer;
  do {
    rest = yield { kind: 'read', bytes: ZEROS.length };
    if (!isZero(rest)) {
      throw new LayoutError('tar-trailing-data', 'data behind the end of the tar: expected zeros only');
    }
    if (rest.length % BLOCK_BYTES !== 0) throw endedEarly(false);
  } while (rest.length === ZEROS.length);
}

function* readExtension(header: TarHeader): Generator<TarStep, Buffer, Buffer> {
  if (header.size < 1 || header.size > MAX_TAR_EXTENSION_BYTES) {
    throw new LayoutError(
      'tar-extension-size',
      `an extension header of ${header.size} bytes: expected 1 to ${MAX_TAR_EXTENSION_BYTES}`,
    );
  }
  const bytes = yield { kind: 'read', bytes: padded(header.size) };
  if (bytes.length < padded(header.size)) throw endedEarly(false);
  return bytes.subarray(0, header.size);
}

/**
 * Go lets a GNU long name win over a pax path, tar-stream the other way round; Go forgets what came before a global
 * header. So: one extension of each kind, pax or GNU, and the file right behind them.
 */
function addExtension(pending: Pending, typeflag: string, bytes: Buffer): Pending {
  const { records, longName, longLink } = pending;
  if (typeflag === 'g') {
    if (Object.keys(pending).length > 0) throw outOfOrder('a global header');
    for (const [keyword] of parsePaxRecords(bytes)) {
      if (keyword !== 'comment') {
        throw new LayoutError('tar-global-pax', `a global header sets "${keyword}": expected a comment only`);
      }
    }
    return pending;
  }
  if (records !== undefined) throw outOfOrder('another extension header');
  if (typeflag === 'x') {
    if (longName !== undefined || longLink !== undefined) throw outOfOrder('a pax header');
    return { records: parsePaxRecords(bytes) };
  }
  if ((typeflag === 'L' ? longName : longLink) !== undefined) throw outOfOrder('another long name');
  const nul = bytes.indexOf(0);
  const text = bytes.toString('utf8', 0, nul === -1 ? bytes.length : nul);
  if (text === '') throw new LayoutError('tar-name', 'a GNU long name is empty: expected a name');
  return typeflag === 'L' ? { ...pending, longName: text } : { ...pending, longLink: text };
}

function applyExtensions(header: TarHeader, pending: Pending, offset: number): TarEntry {
  const { records, longName, longLink } = pending;
  const { typeflag, ...fields } = header;
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
    ...fields,
    name,
    type,
    linkname: longLink ?? (records?.get('linkpath') || header.linkname),
    size: decimal(records, 'size') ?? header.size,
    uid: decimal(records, 'uid') ?? header.uid,
    gid: decimal(records, 'gid') ?? header.gid,
    offset,
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
  if (name === '' || isOdd || Buffer.byteLength(name) > MAX_TAR_NAME_BYTES) {
    throw new LayoutError(
      'tar-name',
      `a ${type} is named ${JSON.stringify(name.slice(0, 200))}: expected 1 to ${MAX_TAR_NAME_BYTES} bytes, no slash at the end`,
    );
  }
  if (
    (type === 'link' || type === 'symlink') &&
    (linkname === '' || Buffer.byteLength(linkname) > MAX_TAR_NAME_BYTES)
  ) {
    throw new LayoutError(
      'tar-name',
      `the ${type} ${JSON.stringify(name)} has no sane target: expected a path`,
    );
  }
}

function endedEarly(isAtBoundary: boolean): LayoutError {
  return isAtBoundary
    ? new LayoutError('tar-end', 'the tar ends without its two zero blocks: expected them')
    : new LayoutError('tar-truncated', 'the tar ends within an entry: expected all of it');
}

function outOfOrder(what: string): LayoutError {
  return new LayoutError(
    'tar-extension-order',
    `an extension header is followed by ${what}: expected its file`,
  );
}
