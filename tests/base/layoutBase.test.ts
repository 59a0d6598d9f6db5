import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layoutBase } from '../../lib/base/layoutBase.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { faultOf, writeBase } from './distro.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit/marker', import.meta.url));
const distro = {
  baseRef: 'docker.io/library/debian:bookworm',
  platforms: ['linux/amd64', 'linux/arm64'],
};

test('a layout that BuildKit wrote is a base by the digest of its index', async () => {
  const digest = 'sha256:f80584115dc9d19dc2bf0883f3d0baefb949552df72fae8130115dfed8ef8260';
  assert.equal(await layoutBase('layout', BUILDKIT, distro), {
    kind: 'layout',
    ref: 'docker.io/library/debian:bookworm',
    digest,
    context: `oci-layout://${BUILDKIT}@${digest}`,
    layout: BUILDKIT,
  });
});

test('a layout of fewer platforms is refused: BuildKit would take one image for any platform', () =>
  inTempDirectory(async (dir) => {
    const folder = join(dir, 'debian');
    await writeBase(folder, ['linux/amd64']);
    const fault = await faultOf(layoutBase('layout', folder, distro));
    assert.is(
      fault.message,
      `${folder} holds an image of linux/amd64, and none of linux/arm64\n` +
        '  build it with --platform=linux/amd64,linux/arm64',
    );
    assert.is(fault.exitStatus, 2);
  }));

test('more platforms than are wanted do no harm', () =>
  inTempDirectory(async (dir) => {
    const digest = await writeBase(join(dir, 'b'), ['linux/amd64', 'linux/arm64', 'linux/riscv64']);
    assert.is((await layoutBase('layout', join(dir, 'b'), distro)).digest, digest);
  }));

test('a layout of two images is refused', () =>
  inTempDirectory(async (dir) => {
    const folder = join(dir, 'b');
    await writeBase(folder, distro.platforms);
    const manifest = { mediaType: 'application/vnd.oci.image.index.v1+json', size: 2 };
    const manifests = ['1', '2'].map((digit) => ({ ...manifest, digest: `sha256:${digit.repeat(64)}` }));
    await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    assert.match(
      (await faultOf(layoutBase('layout', folder, distro))).message,
      'does not hold exactly one image',
    );
  }));

test('what is no layout, or only part of one, is the person’s to mend and no defect', () =>
  inTempDirectory(async (dir) => {
    assert.match(
      (await faultOf(layoutBase('layout', join(dir, 'none'), distro))).message,
      'layout-not-found',
    );
    assert.match((await faultOf(layoutBase('layout', dir, distro))).message, 'layout-marker');
    const folder = join(dir, 'b');
    await writeBase(folder, distro.platforms);
    await rm(join(folder, 'blobs'), { recursive: true });
    const { message, exitStatus } = await faultOf(layoutBase('layout', folder, distro));
    assert.match(message, 'blob-missing');
    assert.match(message, '\n  a base has to be a whole OCI layout: write it again');
    assert.is(exitStatus, 2);
  }));

for (const separator of ['@', ':']) {
  test(`a path with ${separator} in it is refused, before buildx takes it for the end of the name`, () =>
    inTempDirectory(async (dir) => {
      await writeBase(join(dir, 'b'), distro.platforms);
      const folder = join(dir, `job${separator}2`);
      await rename(join(dir, 'b'), folder);
      assert.match(
        (await faultOf(layoutBase('layout', folder, distro))).message,
        'move it to another folder',
      );
    }));
}

test.run();
