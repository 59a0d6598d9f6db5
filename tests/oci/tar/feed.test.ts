import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TarEntry } from '../../../lib/oci/tar/entry.ts';
import { createTarFeed } from '../../../lib/oci/tar/feed.ts';
import { gnuLong, pax, tar } from '../../fixtures/layouts/tarBytes.ts';

const TAR = tar(
  { name: 'a', content: 'x'.repeat(1025), mode: 0o755 },
  { name: 'b', type: '1', linkname: 'a' },
  pax({ path: 'c', uid: '70000', gid: '70001', mtime: '1.5', 'SCHILY.xattr.user.x': 'a\0b' }),
  { name: 'short', content: 'yyy' },
  gnuLong('K', 'e'),
  gnuLong('L', 'd'),
  { name: 'short', type: '2', linkname: 'short', magic: 'gnu' },
);

function read(bytes: Buffer, chunkBytes: number): TarEntry[] {
  const entries: TarEntry[] = [];
  const feed = createTarFeed((entry) => {
    entries.push(entry);
    return undefined;
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) feed.feed(bytes.subarray(at, at + chunkBytes));
  feed.end();
  return entries;
}

test('sees the same entries whatever the chunks', () => {
  const expected = read(TAR, TAR.length);
  assert.equal(
    expected.map(({ name, type }) => `${type} ${name}`),
    ['file a', 'link b', 'file c', 'symlink d'],
  );
  for (const chunkBytes of [1, 3, 511, 512, 513, 1024]) assert.equal(read(TAR, chunkBytes), expected);
});

test('says where payloads start', () => {
  const [a, , c] = read(TAR, TAR.length);
  assert.is(TAR.toString('utf8', a?.offset, (a?.offset ?? 0) + 3), 'xxx');
  assert.is(TAR.toString('utf8', c?.offset, (c?.offset ?? 0) + 3), 'yyy');
});

test('gives the payloads that are asked for, whatever the chunks', () => {
  const bytes = tar(
    { name: 'a', content: 'x'.repeat(1025) },
    { name: 'b', content: 'y' },
    { name: 'c' },
    { name: 'd', content: 'z'.repeat(512) },
  );
  for (const chunkBytes of [1, 511, 512, 513, bytes.length]) {
    const seen: string[] = [];
    const feed = createTarFeed(({ name }) =>
      name === 'b' ? undefined : (payload) => seen.push(`${name} ${payload.toString()}`),
    );
    for (let at = 0; at < bytes.length; at += chunkBytes) feed.feed(bytes.subarray(at, at + chunkBytes));
    feed.end();
    assert.equal(seen, [`a ${'x'.repeat(1025)}`, 'c ', `d ${'z'.repeat(512)}`]);
  }
});

test('lets out what is thrown at an entry', () => {
  const feed = createTarFeed(() => {
    throw new RangeError('not this one');
  });
  assert.throws(() => {
    feed.feed(TAR);
  }, /not this one/);
});

test('refuses a tar that is cut anywhere', () => {
  for (let length = 0; length < TAR.length; length += 128) {
    assert.throws(() => read(TAR.subarray(0, length), 1000), /\[tar-(truncated|end)\]$/);
  }
});

test('applies pax records and GNU long names', () => {
  const [, , c, d] = read(TAR, TAR.length);
  assert.equal([c?.uid, c?.gid, c?.size], [70000, 70001, 3]);
  assert.is(d?.linkname, 'e');
});

test('reads sizes over 8 GiB, which GNU writes in base 256', () => {
  const size = Buffer.from('800000000000000200000000', 'hex');
  const seen: number[] = [];
  const feed = createTarFeed((entry) => {
    seen.push(entry.size);
    return undefined;
  });
  feed.feed(tar({ name: 'x', raw: { 124: size } }));
  assert.equal(seen, [2 ** 33]);
});

test('refuses extension headers that are 64 MiB together', () => {
  const big = pax({ comment: 'x'.repeat(2 ** 20 - 100) });
  const feed = createTarFeed(() => undefined);
  assert.throws(() => {
    for (let i = 0; i < 65; i++) {
      feed.feed(big);
      feed.feed(tar({ name: 'x' }).subarray(0, 512));
    }
  }, /tar-extension-size/);
});

test('takes zeros behind the end, as GNU tar writes them', () => {
  assert.is(read(Buffer.concat([TAR, Buffer.alloc(10240 - (TAR.length % 10240))]), 700).length, 4);
});

test.run();
