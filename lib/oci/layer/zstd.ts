import { Decompress } from 'fzstd';
import { LayoutError } from '../layoutError.ts';
import { MAX_ZSTD_WINDOW_BYTES } from '../limits.ts';

const MAX_BLOCK_BYTES = 128 * 1024;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

interface FrameHeader {
  length: number;
  hasChecksum: boolean;
  /** Bytes that the frame unpacks to, where the frame says so. */
  contentSize: number | undefined;
}

/**
 * Unpacks a zstd stream of exactly one frame (RFC 8878), block by block, so that no block brings more than 128 KiB at a
 * time. Further frames, skippable ones, dictionaries and bytes behind the frame are refused. The frame's checksum is
 * not looked at: what comes out is held against the layer's diff_id, which is stronger.
 *
 * @throws {LayoutError} `zstd-header`, `zstd-data` or `zstd-trailing-data`, or what the source throws.
 */
export async function* unzstdOneFrame(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  const input = createByteQueue(source);
  try {
    const header = await readFrameHeader(input);
    let total = 0;
    for await (const chunk of readBlocks(input, header)) {
      total += chunk.length;
      yield chunk;
    }
    if (header.contentSize !== undefined && header.contentSize !== total) {
      const expected = `expected ${header.contentSize}, as its header says`;
      throw new LayoutError('zstd-data', `unpacks to ${total} bytes: ${expected}`);
    }
    if (!(await input.isAtEnd())) {
      throw new LayoutError(
        'zstd-trailing-data',
        'bytes behind the end of the zstd frame: expected one frame only',
      );
    }
  } finally {
    await input.close();
  }
}

/** Hands the decoder one block at a time (RFC 8878 section 3.1.1.2), the first one with the frame's header. */
async function* readBlocks(input: ByteQueue, header: FrameHeader): AsyncGenerator<Buffer> {
  let unpacked: Buffer[] = [];
  const decoder = new Decompress((chunk) => unpacked.push(Buffer.from(chunk)));
  let ahead = await input.take(header.length);
  for (let isLast = false; !isLast; ahead = EMPTY) {
    const blockHeader = (await input.peek(3)).readUIntLE(0, 3);
    isLast = (blockHeader & 1) === 1;
    const type = (blockHeader >> 1) & 3;
    const size = blockHeader >> 3;
    if (type === RESERVED_BLOCK || size > MAX_BLOCK_BYTES) {
      throw new LayoutError('zstd-data', `a block of type ${type} and ${size} bytes: expected up to 128 KiB`);
    }
    const block = await input.take(3 + (type === RLE_BLOCK ? 1 : size));
    const checksum = isLast && header.hasChecksum ? await input.take(4) : EMPTY;
    push(decoder, Buffer.concat([ahead, block, checksum]), isLast);
    yield* unpacked;
    unpacked = [];
  }
}

function push(decoder: Decompress, bytes: Buffer, isLast: boolean): void {
  try {
    decoder.push(bytes, isLast);
  } catch (error) {
    throw new LayoutError('zstd-data', `${(error as Error).message}: expected a whole zstd frame`);
  }
}

/** RFC 8878 section 3.1.1.1. Looks at the header without taking it. */
async function readFrameHeader(input: ByteQueue): Promise<FrameHeader> {
  const start = await input.peek(6);
  if (start.readUInt32LE(0) !== 0xfd2fb528) {
    throw new LayoutError(
      'zstd-header',
      `starts with ${start.toString('hex', 0, 4)}: expected zstd, 28b52ffd`,
    );
  }
  const descriptor = start[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (descriptor & 0x0b) {
    throw new LayoutError('zstd-header', 'a frame with a dictionary or a reserved bit: expected neither');
  }
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  const length = 5 + (isSingleSegment ? 0 : 1) + sizeBytes;
  const contentSize = await readContentSize(input, length, sizeBytes);
  const windowByte = start[5] ?? 0;
  const windowBase = 2 ** (10 + (windowByte >> 3));
  const window = isSingleSegment ? (contentSize ?? 0) : windowBase + (windowBase / 8) * (windowByte & 7);
  if (window > MAX_ZSTD_WINDOW_BYTES) {
    throw new LayoutError(
      'zstd-header',
      `a window of ${window} bytes: expected up to ${MAX_ZSTD_WINDOW_BYTES}`,
    );
  }
  return { length, hasChecksum: (descriptor & 4) !== 0, contentSize };
}

async function readContentSize(input: ByteQueue, end: number, bytes: number): Promise<number | undefined> {
  const field = (await input.peek(end)).subarray(end - bytes);
  if (bytes === 0) return undefined;
  if (bytes === 8) return Number(field.readBigUInt64LE(0));
  return field.readUIntLE(0, bytes) + (bytes === 2 ? 256 : 0);
}

interface ByteQueue {
  peek(bytes: number): Promise<Buffer>;
  take(bytes: number): Promise<Buffer>;
  isAtEnd(): Promise<boolean>;
  /** Lets go of the source. */
  close(): Promise<void>;
}

function createByteQueue(source: AsyncIterable<Buffer>): ByteQueue {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = EMPTY;

  async function pull(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done === true) return false;
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value]);
    return true;
  }

  async function peek(bytes: number): Promise<Buffer> {
    while (held.length < bytes) {
      if (!(await pull()))
        throw new LayoutError('zstd-data', 'the zstd stream ends too early: expected a whole frame');
    }
    return held.subarray(0, bytes);
  }

  return {
    peek,
    async take(bytes) {
      const taken = await peek(bytes);
      held = held.subarray(bytes);
      return taken;
    },
    async isAtEnd() {
      while (held.length === 0) if (!(await pull())) return true;
      return false;
    },
    async close() {
      await iterator.return?.();
    },
  };
}

const EMPTY = Buffer.alloc(0);
