import { LayoutError } from '../layoutError.ts';
import type { Compression } from '../mediaTypes.ts';
import { gunzipOneMember } from './gzip.ts';
import { unzstdOneFrame } from './zstd.ts';

/** How bytes are compressed, going by their first four: readers such as containerd trust these, not the media type. */
export function sniffCompression(start: Uint8Array): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return 'zstd';
  // A skippable zstd frame, which may come first.
  if ((start[0] ?? 0) >> 4 === 5 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18)
    return 'zstd';
  return 'none';
}

/**
 * Unpacks a stream that is said to be compressed in one way, and refuses it when its first bytes say another.
 *
 * @param size of the stream in bytes: what is unpacked at a time goes by it.
 * @throws {LayoutError} `compression-contradiction`, or a `gzip-` or `zstd-` rule, or what the source throws.
 */
export async function* unpack(
  source: AsyncIterable<Buffer>,
  compression: Compression,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  const checked = checkStart(source, compression);
  if (compression === 'gzip') yield* gunzipOneMember(checked, size);
  else if (compression === 'zstd') yield* unzstdOneFrame(checked);
  else yield* checked;
}

async function* checkStart(source: AsyncIterable<Buffer>, compression: Compression): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < 4) continue;
    checkSniffed(start, compression);
    yield start;
    start = undefined;
  }
  if (start !== undefined) {
    checkSniffed(start, compression);
    yield start;
  }
}

function checkSniffed(start: Buffer, compression: Compression): void {
  const found = sniffCompression(start);
  if (found !== compression) {
    throw new LayoutError(
      'compression-contradiction',
      `the bytes are ${NAMES[found]}: expected ${NAMES[compression]}, as the media type says`,
    );
  }
}

const NAMES: Readonly<Record<Compression, string>> = { none: 'not compressed', gzip: 'gzip', zstd: 'zstd' };
