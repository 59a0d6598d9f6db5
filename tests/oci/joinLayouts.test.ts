import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinLayouts } from '../../lib/oci/joinLayouts.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { deepCheck } from '../../lib/oci/deepCheck.ts';
import { listImages } from '../../lib/oci/images.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { writeBase } from '../base/distro.ts';
import { MARKER } from '../registry/layouts.ts';
import type { Index } from '../../lib/oci/types.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm/v7', 'linux/s390x'];

test('A joined layout holds the images of all, in their order, and is sound', () =>
  inTempDirectory(async (folder) => {
    const layouts = PLATFORMS.map((platform) => join(folder, platform.replaceAll('/', '-')));
    for (const [at, layout] of layouts.entries()) await writeBase(layout, [PLATFORMS[at] ?? '']);
    await joinLayouts(join(folder, 'joined'), layouts);
    const joined = await openLayout(join(folder, 'joined'));
    try {
      const { images } = await listImages(joined);
      assert.equal(
        images.map(({ platform }) => platform),
        PLATFORMS,
      );
      assert.equal((await deepCheck(joined)).problems, []);
    } finally {
      await joined.close();
    }
  }));

test('The halves of what BuildKit wrote, joined, have the digest that it gave the whole, and take no room of their own', () =>
  inTempDirectory(async (folder) => {
    const whole = JSON.parse(await readFile(join(MARKER, 'index.json'), 'utf8')) as Index;
    const [top] = whole.manifests;
    assert.ok(top);
    const index = JSON.parse(await readFile(blobOf(MARKER, top.digest), 'utf8')) as Index;
    const halves: string[] = [];
    for (const [at, manifest] of index.manifests.entries()) {
      const half = join(folder, String(at));
      await cp(MARKER, half, { recursive: true });
      await writeFile(join(half, 'index.json'), JSON.stringify({ ...whole, manifests: [manifest] }));
      halves.push(half);
    }
    const dir = join(folder, 'joined');
    assert.is(await joinLayouts(dir, halves), top.digest);
    const joined = await openLayout(dir);
    try {
      assert.is(joined.index.manifests[0]?.digest, top.digest);
      const [image] = (await listImages(joined)).images;
      const layer = image?.manifest.layers[0]?.digest ?? '';
      assert.is((await stat(blobOf(dir, layer))).ino, (await stat(blobOf(halves[0] ?? '', layer))).ino);
    } finally {
      await joined.close();
    }
  }));

function blobOf(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

test.run();
