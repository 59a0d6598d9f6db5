import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { crc32 } from '../../../lib/oci/layer/crc32.ts';

test("is the CRC-32 of 'check', as every list of CRCs has it", () => {
  assert.is(crc32(Buffer.from('123456789'), 0), 0xcbf43926);
});

test('is what zlib writes into a gzip trailer, for every length up to 40 and across pieces', () => {
  const bytes = Buffer.from(Array.from({ length: 40 }, (_, i) => (i * 89 + 7) & 0xff));
  for (let length = 0; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length);
    const expected = gzipSync(part).readUInt32LE(gzipSync(part).length - 8);
    assert.is(crc32(part, 0), expected);
    assert.is(crc32(part.subarray(length >> 1), crc32(part.subarray(0, length >> 1), 0)), expected);
  }
});

test.run();
