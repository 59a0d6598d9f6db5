import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { writeLayout, type LayerInput } from '../../../lib/oci/writeLayout.ts';
import { tarHeader, TAR_END } from '../../../tests/fixtures/layouts/tarBytes.ts';

/** The platform whose image is read. */
export const PLATFORM = 'linux/arm64';

/** Where the same marker lies in the image of `PLATFORM`. */
export const PLACES = {
  'in a layer of its own on top': 'platform-marker',
  'last in the big layer': 'last/platform-marker',
  'first in the big layer': 'first/platform-marker',
} as const;

/** The mean size of a file in Debian's base images. */
const FILE_BYTES = 24_000;

/**
 * Writes a layout of two platforms, in which the image of `PLATFORM` has a base layer that unpacks to so many bytes.
 * Its files are slices of Node's own binary, which compresses as programs do; the same from run to run.
 */
export async function writeBigLayout(dir: string, bytes: number, signal: AbortSignal): Promise<void> {
  const pool = await readStart(process.execPath, 64 * 2 ** 20);
  await writeLayout(dir, {
    images: [
      {
        platform: PLATFORM,
        layers: [{ tar: Readable.from(bigTar(pool, bytes, signal)) }, markerLayer(PLATFORM)],
      },
      { platform: 'linux/amd64', layers: [markerLayer('linux/amd64')] },
    ],
  });
}

function* bigTar(pool: Buffer, bytes: number, signal: AbortSignal): Generator<Buffer> {
  const random = randomNumbers();
  yield* markerFile(PLACES['first in the big layer'], PLATFORM);
  for (let [written, count] = [0, 0]; written < bytes; count++) {
    signal.throwIfAborted();
    const size = Math.min(bytes - written, Math.floor(2 * FILE_BYTES * random()));
    const start = Math.floor((pool.length - size) * random());
    yield* file(`usr/lib/${count >> 6}/${count}`, pool.subarray(start, start + size));
    written += size;
  }
  yield* markerFile(PLACES['last in the big layer'], PLATFORM);
  yield TAR_END;
}

/** A layer that holds a marker alone. */
function markerLayer(platform: string): LayerInput {
  return { tar: Readable.from([...markerFile(PLACES['in a layer of its own on top'], platform), TAR_END]) };
}

function markerFile(name: string, platform: string): Buffer[] {
  return file(name, Buffer.from(platform));
}

function file(name: string, content: Buffer): Buffer[] {
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return [tarHeader({ name }, content.length), content, padding];
}

/** Numbers below 1: xorshift32, from the same seed each time. */
function randomNumbers(): () => number {
  let state = 20_240_609;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

async function readStart(path: string, bytes: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
