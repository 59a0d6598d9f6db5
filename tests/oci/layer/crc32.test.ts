import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { crc32, slicedCrc32 } from '../../../lib/oci/layer/crc32.ts';

/** On a Node that has none, both are ours. */
const CRCS = { 'the fastest there is': crc32, ours: slicedCrc32 };

for (const [name, crc] of Object.entries(CRCS)) {
  test(`${name} is the CRC-32 of '123456789', as every list of CRCs has it`, () => {
    assert.is(crc(Buffer.from('123456789'), 0), 0xcbf43926);
  });

  test(`${name} is what zlib writes into a gzip trailer, for every length up to 40 and across pieces`, () => {
    const bytes = Buffer.from(Array.from({ length: 40 }, (_, i) => (i * 89 + 7) & 0xff));
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length);
      const expected = gzipSync(part).readUInt32LE(gzipSync(part).length - 8);
      assert.is(crc(part, 0), expected);
      assert.is(crc(part.subarray(length >> 1), crc(part.subarray(0, length >> 1), 0)), expected);
    }
  });
}

test.run();
