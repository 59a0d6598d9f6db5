import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { gunzipOneMember } from '../../../lib/oci/layer/gzip.ts';
import { LayoutError } from '../../../lib/oci/layoutError.ts';
import { breaksRule } from '../../fixtures/layouts/breaksRule.ts';
import { chunked, collect } from '../../fixtures/layouts/chunks.ts';

const TEXT = Buffer.from('platform-marker '.repeat(2000));
const GZIP = gzipSync(TEXT);

/** A size by which a stream is unpacked at once, and one by which it is unpacked as it comes. */
const SIZES = [0, 2 ** 20];

/** What both ways make of a stream, which has to be the same. */
async function unpack(bytes: Buffer, chunkBytes = 65536): Promise<Buffer> {
  const [small, large] = await Promise.all(
    SIZES.map((size) => collect(gunzipOneMember(chunked(bytes, chunkBytes), size)).catch(layoutError)),
  );
  if (small instanceof LayoutError && large instanceof LayoutError) {
    assert.is(small.rule, large.rule);
    throw small;
  }
  assert.equal(small, large);
  return small as Buffer;
}

function layoutError(error: unknown): LayoutError {
  if (error instanceof LayoutError) return error;
  throw error;
}

/** The stream with these flags and header fields. */
function headed(flags: number, ...fields: Buffer[]): Buffer {
  const start = Buffer.from(GZIP.subarray(0, 10));
  start[3] = flags;
  return Buffer.concat([start, ...fields, GZIP.subarray(10)]);
}

test('unpacks one member, whatever the chunks', async () => {
  for (const chunkBytes of [1, 8, 9, 10, 100, 65536]) assert.equal(await unpack(GZIP, chunkBytes), TEXT);
});

test('unpacks nothing to nothing', async () => {
  assert.is((await unpack(gzipSync(''))).length, 0);
});

test('unpacks what is small and becomes large', async () => {
  const bytes = Buffer.alloc(3_000_000);
  assert.equal(await unpack(gzipSync(bytes)), bytes);
  await breaksRule('gzip-trailing-data', unpack(Buffer.concat([gzipSync(bytes), GZIP])));
});

test('unpacks what does not compress', async () => {
  const bytes = randomBytes(700_000);
  assert.equal(await unpack(gzipSync(bytes)), bytes);
});

test('goes over extra field, file name and comment', async () => {
  const name = Buffer.from('layer.tar\0');
  const extra = Buffer.from([3, 0, 1, 2, 3]);
  for (const bytes of [headed(8, name), headed(4, extra), headed(4 | 8 | 16, extra, name, name)]) {
    for (const chunkBytes of [1, 65536]) assert.equal(await unpack(bytes, chunkBytes), TEXT);
  }
});

test('holds a header CRC against the header', async () => {
  await breaksRule('gzip-header', unpack(headed(2, Buffer.from([0, 0]))));
});

test('refuses every stream that is cut, as one that is cut or as one whose trailer does not hold', async () => {
  for (let length = 0; length < GZIP.length; length += 3) {
    for (const chunkBytes of [5, 65536])
      await breaksRule('gzip-data', unpack(GZIP.subarray(0, length), chunkBytes));
  }
});

test('refuses whatever is behind the member, whatever the chunks', async () => {
  for (const behind of [Buffer.alloc(1), Buffer.alloc(20), gzipSync(''), GZIP, Buffer.alloc(9000, 'x')]) {
    for (const chunkBytes of [7, GZIP.length, 65536]) {
      await breaksRule('gzip-trailing-data', unpack(Buffer.concat([GZIP, behind]), chunkBytes));
    }
  }
});

test('passes on what its source throws, as it is', async () => {
  const error = new LayoutError('digest-mismatch', 'not these bytes');
  async function* source(): AsyncGenerator<Buffer> {
    yield* chunked(GZIP, 50);
    throw error;
  }
  try {
    await collect(gunzipOneMember(source(), GZIP.length));
    assert.unreachable('expected the error of the source');
  } catch (thrown) {
    assert.is(thrown, error);
  }
});

test('lets go of its source when it is stopped', async () => {
  let isReleased = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield* chunked(gzipSync(randomBytes(3_000_000)), 65536);
    } finally {
      isReleased = true;
    }
  }
  for await (const chunk of gunzipOneMember(source(), 3_000_000)) if (chunk.length > 0) break;
  assert.ok(isReleased);
});

test.run();
