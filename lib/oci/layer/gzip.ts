import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { LayoutError } from '../layoutError.ts';
import { CHUNK_BYTES, MAX_GZIP_HEADER_BYTES } from '../limits.ts';
import { crc32 } from './crc32.ts';

const TRAILER_BYTES = 8;
/** A marker's layer is some hundred bytes: a stream's setting up takes many times as long as its unpacking. */
const SMALL = { bytes: 64 * 1024, unpackedBytes: 1024 * 1024, chunkBytes: 2048 };
/** What is unpacked to what is not. */
const USUAL_RATIO = 4;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** What the framing and inflate leave behind for the checks at the end. */
interface Framing {
  /** Bytes between header and trailer. */
  deflated: number;
  /** Those of them that were needed to come to the end of the data. */
  used: number;
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
  const framing: Framing = { deflated: 0, used: 0, trailer: Buffer.alloc(0) };
  const deflated = deflatedPart(source, framing);
  let crc = 0;
  let length = 0;
  try {
    for await (const chunk of (size > SMALL.bytes ? inflate : inflateSmall)(deflated, framing)) {
      crc = crc32(chunk, crc);
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error)
      ? new LayoutError('gzip-data', `${error.message}: expected a whole gzip stream`)
      : error;
  }
  const { trailer } = framing;
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== length % 2 ** 32) {
    throw new LayoutError(
      'gzip-data',
      'CRC-32 or length of the gzip member does not hold: expected those of its data',
    );
  }
}

async function* inflate(deflated: AsyncIterable<Buffer>, framing: Framing): AsyncGenerator<Buffer> {
  const stream = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const flow = pipeline(deflated, stream).catch((error: unknown) => error);
  let failure: unknown;
  try {
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    stream.destroy();
    failure = await flow;
  }
  framing.used = stream.bytesWritten;
  checkAllUsed(framing);
  if (failure instanceof Error) throw failure;
}

/** All at once, unless it unpacks to much. */
async function* inflateSmall(source: AsyncIterable<Buffer>, framing: Framing): AsyncGenerator<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  const deflated = Buffer.concat(parts);
  try {
    const chunkSize = SMALL.chunkBytes + USUAL_RATIO * deflated.length;
    const options = { info: true, maxOutputLength: SMALL.unpackedBytes, chunkSize };
    const { buffer, engine } = inflateRawSync(deflated, options) as unknown as Inflated;
    framing.used = engine.bytesWritten;
    yield buffer;
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    yield* inflate(Readable.from([deflated]), framing);
  }
  checkAllUsed(framing);
}

/** What `info` makes zlib return. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

function checkAllUsed({ used, deflated }: Framing): void {
  if (used >= deflated) return;
  throw new LayoutError(
    'gzip-trailing-data',
    'bytes behind the end of the gzip member: expected one member only',
  );
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

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
