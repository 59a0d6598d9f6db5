import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { sniffCompression, unpack } from '../../../lib/oci/layer/unpack.ts';
import { breaksRule } from '../../fixtures/layouts/breaksRule.ts';
import { chunked, collect } from '../../fixtures/layouts/chunks.ts';
import { skippableFrame, zstd } from '../../fixtures/layouts/zstdBytes.ts';

const TEXT = Buffer.from('platform-marker');
const PACKED = { none: TEXT, gzip: gzipSync(TEXT), zstd: zstd(TEXT) } as const;
const WAYS = ['none', 'gzip', 'zstd'] as const;

for (const way of WAYS) {
  test(`unpacks what is compressed as ${way} and comes byte by byte`, async () => {
    assert.equal(await collect(unpack(chunked(PACKED[way], 1), way, PACKED[way].length)), TEXT);
  });

  test(`refuses as ${way} what is compressed otherwise`, async () => {
    for (const other of WAYS.filter((name) => name !== way)) {
      await breaksRule(
        'compression-contradiction',
        collect(unpack(chunked(PACKED[other], 2), way, PACKED[other].length)),
      );
    }
  });
}

test('passes fewer than four bytes on, where nothing is compressed', async () => {
  for (const length of [0, 3]) {
    assert.is((await collect(unpack(chunked(TEXT.subarray(0, length), 1), 'none', length))).length, length);
  }
});

test('knows a skippable zstd frame for zstd', () => {
  assert.is(sniffCompression(skippableFrame(TEXT)), 'zstd');
});

test.run();
