import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unzstdOneFrame } from '../../../lib/oci/layer/zstd.ts';
import { breaksRule } from '../../fixtures/layouts/breaksRule.ts';
import { chunked, collect } from '../../fixtures/layouts/chunks.ts';
import { zstd, zstdBomb } from '../../fixtures/layouts/zstdBytes.ts';

/** 400 letters, 375 times, as `zstd -19 --check` of version 1.5.4 packs them: two blocks, Huffman, a checksum. */
const REAL_FRAME = Buffer.from(
  'KLUv/aTwSQIAjAgABllBEaA98LdU9PhbIvpoAAAAADsBOgA7ADwAnhD72IZyX8zG4pjABx3+IEFNA/NbmzmXeXrXLE4J/PoNdo35/jLZOVsR' +
    '2YBrwQex1cbnZAP5T7tHXSqCsbw9MWCxCEHA6ifICcur9Gy9Li7l+MePo/cKSxSbZB3pBTbImNG2GRwwAfWK9HktSKmJP3DnQocUSTBGYFyC' +
    'gcbsRD+grVcpOYWawAfEYV30kJbr1QAK9ZTLBNJPcvU3o9daqXY1HKScJjgVOFiJUEym4QMB693h+ZY+CI0Roz0exD2HTUN0Dcmi52QLl+a4' +
    'GWUREkRodnH500LqKoicXWNPHUViJHT6FDvNK5z49q0SAQCQbf6T+ZoCTQAAAAEA7cm8/66BZDn/RA==',
  'base64',
);

function unpack(bytes: Buffer, chunkBytes = 65536): Promise<Buffer> {
  return collect(unzstdOneFrame(chunked(bytes, chunkBytes)));
}

/** The letters by the generator that the frame was made with. */
function letters(): string {
  let seed = 1;
  const next = (): number => (seed = (seed * 48271) % 2147483647);
  next();
  return Array.from({ length: 400 }, () => String.fromCharCode(97 + (next() % 26))).join('');
}

test('unpacks what the zstd tool packs, whatever the chunks', async () => {
  for (const chunkBytes of [1, 7, 18, 300, 65536]) {
    const text = (await unpack(REAL_FRAME, chunkBytes)).toString();
    assert.is(text.length, 150_000);
    assert.is(text.slice(0, 400).repeat(375), text);
    assert.is(text.slice(0, 400), letters());
  }
});

test('unpacks a frame of eight bytes', async () => {
  assert.is((await unpack(Buffer.from('KLUv/QRYQQAAcGxhdGZvcm2yLJEg', 'base64'))).toString(), 'platform');
});

test('unpacks raw blocks', async () => {
  const bytes = Buffer.alloc(5000, 'abc');
  assert.equal(await unpack(zstd(bytes)), bytes);
});

test('unpacks runs of one byte', async () => {
  assert.equal(await unpack(zstdBomb(3)), Buffer.alloc(3 * 128 * 1024));
});

test('takes out no more than a block at a time', async () => {
  let largest = 0;
  for await (const chunk of unzstdOneFrame(chunked(zstdBomb(50), 65536)))
    largest = Math.max(largest, chunk.length);
  assert.is(largest, 128 * 1024);
});

test('refuses every frame that is cut', async () => {
  for (let length = 0; length < REAL_FRAME.length; length += 7) {
    await breaksRule('zstd-data', unpack(REAL_FRAME.subarray(0, length)));
  }
});

test('refuses bytes behind the frame', () =>
  breaksRule('zstd-trailing-data', unpack(Buffer.concat([REAL_FRAME, Buffer.alloc(1)]))));

test('lets go of its source when it is stopped', async () => {
  let isReleased = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield* chunked(zstdBomb(50), 16);
    } finally {
      isReleased = true;
    }
  }
  for await (const chunk of unzstdOneFrame(source())) if (chunk.length > 0) break;
  assert.ok(isReleased);
});

test.run();
