import { LayoutError } from '../layoutError.ts';
import { MAX_TAR_EXTENSION_BYTES, MAX_TAR_EXTENSIONS_BYTES, MAX_TAR_PADDING_BYTES } from '../limits.ts';
import { createTarEntry, type TarEntry, type TarExtensions } from './entry.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader } from './header.ts';
import { parsePaxRecords } from './pax.ts';

/** What the walk asks of whoever has the bytes. */
export type TarStep =
  /** Resume with exactly so many bytes, or with fewer where the tar ends. */
  | { kind: 'read'; bytes: number }
  /** Go over so many bytes, which must be there. */
  | { kind: 'skip'; bytes: number }
  /** A file; its payload is the next skip. */
  | { kind: 'entry'; entry: TarEntry };

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
  let extensionBytes = 0;
  let pending: TarExtensions = {};
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
      const bytes = yield* readExtension(header, MAX_TAR_EXTENSIONS_BYTES - extensionBytes);
      offset += padded(header.size);
      extensionBytes += header.size;
      pending = addExtension(pending, header.typeflag, bytes);
      continue;
    }
    const entry = createTarEntry(header, pending, offset);
    pending = {};
    yield { kind: 'entry', entry };
    yield { kind: 'skip', bytes: padded(entry.size) };
    offset += padded(entry.size);
  }
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
  for (let padding = 0; padding <= MAX_TAR_PADDING_BYTES; padding += ZEROS.length) {
    const rest = yield { kind: 'read', bytes: ZEROS.length };
    if (!isZero(rest)) {
      throw new LayoutError('tar-trailing-data', 'data behind the end of the tar: expected zeros only');
    }
    if (rest.length % BLOCK_BYTES !== 0) throw endedEarly(false);
    if (rest.length < ZEROS.length) return;
  }
  throw new LayoutError(
    'tar-trailing-data',
    `over ${MAX_TAR_PADDING_BYTES} zeros behind the end: expected fewer`,
  );
}

function* readExtension(header: TarHeader, left: number): Generator<TarStep, Buffer, Buffer> {
  const most = Math.min(left, MAX_TAR_EXTENSION_BYTES);
  if (header.size < 1 || header.size > most) {
    const expected = `expected 1 to ${MAX_TAR_EXTENSION_BYTES}, and ${MAX_TAR_EXTENSIONS_BYTES} in all`;
    throw new LayoutError('tar-extension-size', `an extension header of ${header.size} bytes: ${expected}`);
  }
  const bytes = yield { kind: 'read', bytes: padded(header.size) };
  if (bytes.length < padded(header.size)) throw endedEarly(false);
  return bytes.subarray(0, header.size);
}

/**
 * Go lets a GNU long name win over a pax path, tar-stream the other way round; Go forgets what came before a global
 * header. So: one extension of each kind, pax or GNU, and the file right behind them.
 */
function addExtension(pending: TarExtensions, typeflag: string, bytes: Buffer): TarExtensions {
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
