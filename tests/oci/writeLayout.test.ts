import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { checkMarkers } from '../../lib/oci/checkMarkers.ts';
import { deepCheck } from '../../lib/oci/deepCheck.ts';
import { writeLayout, type ImageInput } from '../../lib/oci/writeLayout.ts';
import { breaksRule } from '../fixtures/layouts/breaksRule.ts';
import { chunked } from '../fixtures/layouts/chunks.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { marker } from '../fixtures/layouts/layout.ts';
import { tar } from '../fixtures/layouts/tarBytes.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];
const BASE = tar({ name: 'base', content: 'x'.repeat(100_000) });

function images(): ImageInput[] {
  return PLATFORMS.map((platform) => ({
    platform,
    layers: [{ tar: chunked(BASE, 5000) }, { tar: chunked(tar(marker(platform)), 100) }],
    config: { Env: ['PATH=/bin'] },
  }));
}

test('writes a layout that the checker passes, deeply', () =>
  inTempDirectory(async (dir) => {
    await writeLayout(join(dir, 'layout'), { images: images() });
    const layout = await openLayout(join(dir, 'layout'));
    const { checks } = await checkMarkers(layout, { platforms: PLATFORMS });
    assert.equal(
      checks.map(({ verdict }) => verdict),
      ['pass', 'pass', 'pass'],
    );
    assert.equal((await deepCheck(layout)).problems, []);
  }));

test('returns the descriptor of the one index in index.json, with the tag', () =>
  inTempDirectory(async (dir) => {
    const descriptor = await writeLayout(join(dir, 'layout'), { images: images(), ref: 'v1' });
    assert.equal((await openLayout(join(dir, 'layout'))).index.manifests, [descriptor]);
    assert.is(descriptor.annotations?.['org.opencontainers.image.ref.name'], 'v1');
  }));

test('writes the same bytes each time, whatever the chunks and wherever to', () =>
  inTempDirectory(async (dir) => {
    const first = await writeLayout(join(dir, 'one'), { images: images() });
    const again = images().map((image) => ({
      ...image,
      layers: [{ path: join(dir, 'base.tar') }, ...image.layers.slice(1)],
    }));
    await writeFile(join(dir, 'base.tar'), BASE);
    const second = await writeLayout(join(dir, 'a/b/two'), { images: again });
    assert.equal(first, second);
    const names = await readdir(join(dir, 'one/blobs/sha256'));
    assert.equal(await readdir(join(dir, 'a/b/two/blobs/sha256')), names);
    // Three manifests, configs and markers; one base layer and one index.
    assert.is(names.length, 11);
  }));

test('replaces a layout and leaves nothing else behind', () =>
  inTempDirectory(async (dir) => {
    await writeLayout(join(dir, 'layout'), { images: images() });
    await writeLayout(join(dir, 'layout'), { images: images().slice(1) });
    assert.equal(await readdir(dir), ['layout']);
    const layout = await openLayout(join(dir, 'layout'));
    const { checks } = await checkMarkers(layout, { platforms: PLATFORMS.slice(1) });
    assert.ok(checks.every(({ verdict }) => verdict === 'pass'));
  }));

test('can be read by other users, as the builder may be one', () =>
  inTempDirectory(async (dir) => {
    const umask = process.umask(0o022);
    await writeLayout(join(dir, 'layout'), { images: images() });
    process.umask(umask);
    assert.is((await stat(join(dir, 'layout'))).mode & 0o777, 0o755);
    assert.is((await stat(join(dir, 'layout/index.json'))).mode & 0o777, 0o644);
  }));

test('does not touch a directory that is no layout', () =>
  inTempDirectory(async (dir) => {
    await mkdir(join(dir, 'home'));
    await writeFile(join(dir, 'home/thesis.txt'), 'x');
    try {
      await writeLayout(join(dir, 'home'), { images: images() });
      assert.unreachable('expected the directory to be kept');
    } catch (error) {
      assert.match((error as Error).message, 'holds something else than an OCI layout');
    }
    assert.equal(await readdir(dir), ['home']);
    assert.is(await readFile(join(dir, 'home/thesis.txt'), 'utf8'), 'x');
  }));

test('leaves an older layout as it was when a layer turns out to be broken', () =>
  inTempDirectory(async (dir) => {
    const before = await writeLayout(join(dir, 'layout'), { images: images() });
    const broken = [{ platform: 'linux/amd64', layers: [{ tar: chunked(BASE.subarray(0, -2000), 5000) }] }];
    await breaksRule('tar-truncated', writeLayout(join(dir, 'layout'), { images: broken }));
    assert.equal(await readdir(dir), ['layout']);
    assert.equal((await openLayout(join(dir, 'layout'))).index.manifests, [before]);
  }));

test('tells of a layer file that is not there', () =>
  inTempDirectory(async (dir) => {
    try {
      await writeLayout(join(dir, 'layout'), {
        images: [{ platform: 'linux/amd64', layers: [{ path: join(dir, 'x.tar') }] }],
      });
      assert.unreachable('expected the file to be missed');
    } catch (error) {
      assert.is((error as NodeJS.ErrnoException).code, 'ENOENT');
    }
    assert.equal(await readdir(dir), []);
  }));

test.run();
