import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { LayoutError } from '../layoutError.ts';
import { CHUNK_BYTES, MAX_GZIP_HEADER_BYTES } from '../limits.ts';
import { crc32 } from './crc32.ts';

const TRAILER_BYTES = 8;
const MIN_CHUNK_BYTES = 4096;
const USUAL_RATIO = 4;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** What the framing leaves behind for the checks at the end. */
interface Framing {
  /** Bytes given to inflate. */
  deflated: number;
  /** The last eight bytes: CRC-32 and length of the data. */
  trailer: Buffer;
}

/**
 * Unpacks a gzip stream of exactly one member (RFC 1952). Members behind the first, and bytes behind the last, are
 * refused: some readers stop there and others read on. CRC-32 and length are checked.
 *
 * @param size of the stream in bytes.
 * @throws {LayoutError} `gzip-header`, `gzip-data` or `gzip-trailing-data`, or what the source throws.
 */
export async function* gunzipOneMember(
  source: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  // A layer that holds a marker alone is some hundred bytes: to make room for a whole chunk takes longer than to unpack it.
  const chunkSize = Math.min(CHUNK_BYTES, MIN_CHUNK_BYTES + USUAL_RATIO * size);
  const inflate = createInflateRaw({ chunkSize });
  const framing: Framing = { deflated: 0, trailer: Buffer.alloc(0) };
  const flow = pipeline(deflatedPart(source, framing), inflate).catch((error: unknown) => error);
  let crc = 0;
  let length = 0;
  let failure: unknown;
  try {
    for await (const chunk of inflate as AsyncIterable<Buffer>) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error)
      ? new LayoutError('gzip-data', `${error.message}: expected a whole gzip stream`)
      : error;
  } finally {
    inflate.destroy();
    failure = await flow;
  }
  if (inflate.bytesWritten < framing.deflated) {
    throw new LayoutError(
      'gzip-trailing-data',
      'bytes behind the end of the gzip member: expected one member only',
    );
  }
  if (failure instanceof Error) throw failure;
  const { trailer } = framing;
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 2 ** 32) {
    throw new LayoutError(
      'gzip-data',
      'CRC-32 or length of the gzip member does not hold: expected those of its data',
    );
  }
}

/** The source without its gzip header and without its last eight bytes. */
async function* deflatedPart(source: AsyncIterable<Buffer>, framing: Framing): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of withoutHeader(source)) {
    // Only what may be the trailer is copied.
    const part = chunk.subarray(0, Math.max(0, chunk.length - TRAILER_BYTES));
    const end = Buffer.concat([held, chunk.subarray(part.length)]);
    const surplus = part.length > 0 ? held.length : Math.max(0, end.length - TRAILER_BYTES);
    for (const piece of [end.subarray(0, surplus), part]) {
      framing.deflated += piece.length;
      if (piece.length > 0) yield piece;
    }
    held = end.subarray(surplus);
  }
  if (held.length < TRAILER_BYTES) {
    throw new LayoutError('gzip-data', 'the gzip stream ends too early: expected header, data and trailer');
  }
  framing.trailer = held;
}

/** Nothing, where the header is not all there. */
async function* withoutHeader(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    const length = headerLength(start);
    if ((length ?? start.length) > MAX_GZIP_HEADER_BYTES) {
      throw new LayoutError(
        'gzip-header',
        `a header over ${MAX_GZIP_HEADER_BYTES} bytes: expected a shorter one`,
      );
    }
    if (length === undefined) continue;
    yield start.subarray(length);
    start = undefined;
  }
}

/** The length of the header in bytes, or undefined while it is not all there. RFC 1952 section 2.3. */
function headerLength(bytes: Buffer): number | undefined {
  if (bytes.length < 10) return undefined;
  const flags = bytes[3] ?? 0;
  if (bytes.readUInt16BE(0) !== 0x1f8b || bytes[2] !== 8 || flags & FLAG.reserved) {
    throw new LayoutError('gzip-header', `starts with ${bytes.toString('hex', 0, 4)}: expected gzip, 1f8b08`);
  }
  let at = 10;
  if (flags & FLAG.extra) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [FLAG.name, FLAG.comment]) {
    if (!(flags & flag)) continue;
    const nul = bytes.indexOf(0, at);
    if (nul === -1) return undefined;
    at = nul + 1;
  }
  if (flags & FLAG.headerCrc) {
    if (bytes.length < at + 2) return undefined;
    if (bytes.readUInt16LE(at) !== (crc32(bytes.subarray(0, at), 0) & 0xffff)) {
      throw new LayoutError(
        'gzip-header',
        'the CRC of the gzip header does not hold: expected that of its bytes',
      );
    }
    at += 2;
  }
  return bytes.length < at ? undefined : at;
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
