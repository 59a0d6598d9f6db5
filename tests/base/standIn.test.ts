import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRealBase } from '../../lib/base/base.ts';
import { makeStandIn } from '../../lib/base/standIn.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { findFile } from '../../lib/oci/findFile.ts';
import { listImages } from '../../lib/oci/images.ts';
import { withCache } from './distro.ts';

const OS_RELEASE = { ID: 'azurelinux', VERSION_ID: '3.0', PRETTY_NAME: 'Azure Linux 3.0' };
const PLATFORMS = ['linux/amd64', 'linux/arm/v7'];

test('a stand-in is an image of each platform that holds the distro’s os-release and nothing else', () =>
  withCache(async () => {
    const layout = await openLayout(await makeStandIn('azlinux3', OS_RELEASE, PLATFORMS));
    try {
      const { images } = await listImages(layout);
      assert.equal(
        images.map(({ platform }) => platform),
        PLATFORMS,
      );
      for (const image of images) {
        const file = await findFile(layout, image, '/etc/os-release');
        assert.is(
          file?.content.toString(),
          'ID="azurelinux"\nVERSION_ID="3.0"\nPRETTY_NAME="Azure Linux 3.0"\n',
        );
        assert.is(image.manifest.layers.length, 1);
      }
    } finally {
      await layout.close();
    }
  }));

test('it is made once, the same bytes each time, and anew when the distro’s row changes', () =>
  withCache(async (cache) => {
    const first = await makeStandIn('azlinux3', OS_RELEASE, PLATFORMS);
    assert.is(await makeStandIn('azlinux3', OS_RELEASE, PLATFORMS), first);
    assert.is.not(await makeStandIn('azlinux3', { ...OS_RELEASE, VERSION_ID: '4.0' }, PLATFORMS), first);
    assert.is.not(await makeStandIn('azlinux3', OS_RELEASE, ['linux/amd64']), first);
    assert.is((await readdir(join(cache, 'bases'))).length, 3, 'and nothing unfinished');
    const index = await digestOf(first);
    assert.is(
      await withCache(async () => digestOf(await makeStandIn('azlinux3', OS_RELEASE, PLATFORMS))),
      index,
    );
    assert.ok(dirname(first).startsWith(cache));
  }));

async function digestOf(folder: string): Promise<string | undefined> {
  const layout = await openLayout(folder);
  try {
    return layout.index.manifests[0]?.digest;
  } finally {
    await layout.close();
  }
}

test('a stand-in is the one kind of base that nothing can be installed into', () => {
  assert.equal((['registry', 'layout', 'bootstrap', 'stand-in'] as const).map(isRealBase), [
    true,
    true,
    true,
    false,
  ]);
});

test.run();
