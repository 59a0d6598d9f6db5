import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { joinLayouts } from '../../lib/base/joinLayouts.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { deepCheck } from '../../lib/oci/deepCheck.ts';
import { listImages } from '../../lib/oci/images.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { writeBase } from './distro.ts';

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

test('It is the layout that would have been written at once, and takes no room for blobs of its own', () =>
  inTempDirectory(async (folder) => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    await writeBase(one, ['linux/amd64']);
    await writeBase(other, ['linux/arm64']);
    const digest = await writeBase(join(folder, 'at-once'), ['linux/amd64', 'linux/arm64']);
    await joinLayouts(join(folder, 'joined'), [one, other]);
    const joined = await openLayout(join(folder, 'joined'));
    try {
      assert.is(joined.index.manifests[0]?.digest, digest);
      const [image] = (await listImages(joined)).images;
      const blob = ['blobs', ...(image?.manifest.layers[0]?.digest ?? '').split(':')];
      assert.is((await stat(join(folder, 'joined', ...blob))).ino, (await stat(join(one, ...blob))).ino);
    } finally {
      await joined.close();
    }
  }));

test.run();
