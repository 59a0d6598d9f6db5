import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import { openLayout, type Layout } from '../../lib/oci/blobs.ts';
import type { Descriptor } from '../../lib/oci/types.ts';
import { breaksRule } from '../fixtures/layouts/breaksRule.ts';
import { collect } from '../fixtures/layouts/chunks.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  blobName,
  createLayout,
  layoutTar,
  markerLayout,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';
import { zstd } from '../fixtures/layouts/zstdBytes.ts';

const BIG = Buffer.alloc(3_000_000, 'platform-marker');

/** A layout with a blob of a few megabytes, which takes more than one chunk, and one that is empty. */
function bigLayout(): { layout: FixtureLayout; big: Descriptor; empty: Descriptor } {
  const layout = createLayout();
  const big = layout.blob(BIG, 'application/octet-stream');
  const empty = layout.blob(Buffer.alloc(0), 'application/octet-stream');
  layout.index([big, empty]);
  return { layout, big, empty };
}

/** Every way in which a layout can be kept. */
const kept: Record<string, (layout: FixtureLayout, path: string) => Promise<void>> = {
  'a directory': writeDirectory,
  'a tar': (layout, path) => writeFile(path, layoutTar(layout)),
  'a gzip tar': (layout, path) => writeFile(path, gzipSync(layoutTar(layout))),
  'a zstd tar': (layout, path) => writeFile(path, zstd(layoutTar(layout))),
};

async function withLayout(
  keep: string,
  run: (layout: Layout, big: Descriptor, empty: Descriptor) => Promise<void>,
): Promise<void> {
  await inTempDirectory(async (dir) => {
    const { layout, big, empty } = bigLayout();
    await kept[keep]?.(layout, join(dir, 'layout'));
    const opened = await openLayout(join(dir, 'layout'));
    await run(opened, big, empty);
    await opened.close();
  });
}

for (const keep of Object.keys(kept)) {
  test(`reads blobs of ${keep}, again and again`, () =>
    withLayout(keep, async (layout, big, empty) => {
      assert.equal(await collect(await layout.openBlob(big)), BIG);
      assert.equal(await collect(await layout.openBlob(big)), BIG);
      assert.equal(await collect(await layout.openBlob(empty)), Buffer.alloc(0));
      assert.equal(await layout.readDocument(big), BIG);
    }));

  test(`destroys the stream of a blob of ${keep} whose digest does not hold`, () =>
    inTempDirectory(async (dir) => {
      const { layout, big } = bigLayout();
      layout.files.set(blobName(big.digest), Buffer.concat([BIG.subarray(1), Buffer.from('x')]));
      await kept[keep]?.(layout, join(dir, 'layout'));
      const opened = await openLayout(join(dir, 'layout'));
      const blob = await opened.openBlob(big);
      await breaksRule('digest-mismatch', collect(blob));
      assert.ok(blob.destroyed);
      await breaksRule('digest-mismatch', opened.readDocument(big));
      await opened.close();
    }));

  test(`opens ${keep} at its index.json`, () =>
    withLayout(keep, (layout, big) => {
      assert.equal(layout.index.manifests[0], big);
      return Promise.resolve();
    }));
}

test('tells of a blob that was changed after it was opened', () =>
  inTempDirectory(async (dir) => {
    const { layout, big } = bigLayout();
    await writeDirectory(layout, dir);
    const opened = await openLayout(dir);
    const blob = await opened.openBlob(big);
    await writeFile(join(dir, blobName(big.digest)), Buffer.alloc(BIG.length));
    await breaksRule('digest-mismatch', collect(blob));
    assert.ok(blob.destroyed);
  }));

test('tells of a path that is not there', () =>
  breaksRule('layout-not-found', openLayout('/nowhere/at/all')));

test('tells of a path that is neither a directory nor a file', () =>
  breaksRule('layout-kind', openLayout('/dev/null')));

test('names layout, descriptor and platform in an error', () =>
  inTempDirectory(async (dir) => {
    const layout = markerLayout();
    await writeDirectory(layout, dir);
    const opened = await openLayout(dir);
    const digest = `sha256:${'ab'.repeat(32)}`;
    const descriptor = {
      mediaType: 'application/x',
      digest,
      size: 1,
      platform: { os: 'linux', architecture: 'arm', variant: 'v6' },
      annotations: { 'org.opencontainers.image.ref.name': 'one' },
    };
    const message = `${dir}: application/x ${digest} (1 bytes, linux/arm/v6, ref "one"): there is no blobs/sha256/`;
    try {
      await opened.openBlob(descriptor);
      assert.unreachable('expected the blob to be missing');
    } catch (error) {
      assert.ok((error as Error).message.startsWith(message), (error as Error).message);
    }
  }));

test('reads sha512 blobs', () =>
  inTempDirectory(async (dir) => {
    const hex = createHash('sha512').update('x').digest('hex');
    const layout = createLayout();
    layout.index([]);
    layout.files.set(`blobs/sha512/${hex}`, Buffer.from('x'));
    await writeDirectory(layout, dir);
    const opened = await openLayout(dir);
    const descriptor = { mediaType: 'application/x', digest: `sha512:${hex}`, size: 1 };
    assert.is((await opened.readDocument(descriptor)).toString(), 'x');
    const wrong = { ...descriptor, digest: `sha512:${'0'.repeat(128)}` };
    await breaksRule('blob-missing', opened.readDocument(wrong));
  }));

test('opens a layout that is a directory without any right to write', () =>
  inTempDirectory(async (dir) => {
    const path = join(dir, 'layout');
    await mkdir(path);
    await writeDirectory(markerLayout(), path);
    await chmod(path, 0o500);
    assert.is((await openLayout(path)).index.manifests.length, 1);
    await chmod(path, 0o700);
  }));

test.run();
