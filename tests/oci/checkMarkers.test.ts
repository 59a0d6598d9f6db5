import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { checkMarkers, type MarkerCheck } from '../../lib/oci/checkMarkers.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  layer,
  LAYER,
  layerOf,
  marker,
  markerLayout,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';
import { tar } from '../fixtures/layouts/tarBytes.ts';
import { zstd } from '../fixtures/layouts/zstdBytes.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));

function check(fixture: FixtureLayout, platforms: string[]): Promise<MarkerCheck[]> {
  return inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    return checkMarkers(await openLayout(dir), { platforms });
  });
}

for (const name of ['marker', 'probe', 'probe-attested.tar']) {
  test(`passes what BuildKit wrote as ${name}`, async () => {
    const layout = await openLayout(join(BUILDKIT, name));
    const checks = await checkMarkers(layout, { platforms: ['linux/arm64', 'linux/amd64'] });
    assert.equal(
      checks.map(({ platform, marker, mode, ok }) => ({ platform, marker, mode, ok })),
      ['linux/arm64', 'linux/amd64'].map((platform) => ({
        platform,
        marker: platform,
        mode: 0o644,
        ok: true,
      })),
    );
    await layout.close();
  });
}

test('gives one check for each platform asked for, in that order, and then one for each other manifest', async () => {
  const checks = await check(markerLayout(), ['linux/s390x', 'linux/arm64']);
  assert.equal(
    checks.map(({ platform, ok, manifestDigest }) => [platform, ok, manifestDigest !== undefined]),
    [
      ['linux/s390x', false, false],
      ['linux/arm64', true, true],
      ['linux/amd64', false, true],
    ],
  );
});

test('takes platforms in any form, each once', async () => {
  const checks = await check(markerLayout(), ['linux/aarch64', 'linux/x86_64', 'linux/arm64/v8']);
  assert.equal(
    checks.map(({ platform, ok }) => [platform, ok]),
    [
      ['linux/arm64', true],
      ['linux/amd64', true],
    ],
  );
});

test('refuses a text that is no platform', async () => {
  try {
    await check(markerLayout(), ['arm64']);
    assert.unreachable('expected the platform to be refused');
  } catch (error) {
    assert.instance(error, RangeError);
  }
});

test('reports the mode of a marker and leaves the verdict to others', async () => {
  const layers = [layer({ ...marker('linux/arm64'), mode: 0o600 })];
  const [arm64] = await check(markerLayout({ layers }), ['linux/arm64']);
  assert.equal([arm64?.ok, arm64?.mode], [true, 0o600]);
});

test('takes a marker that is a hard link for a file', async () => {
  const layers = [layer(marker('linux/arm64', 'x'), { name: 'platform-marker', type: '1', linkname: 'x' })];
  const [arm64] = await check(markerLayout({ layers }), ['linux/arm64']);
  assert.is(arm64?.ok, true);
});

test('passes a marker in a plain and in a zstd layer', async () => {
  const bytes = tar(marker('linux/arm64'));
  for (const blob of [bytes, zstd(bytes)]) {
    const mediaType = blob === bytes ? LAYER.none : LAYER.zstd;
    const [arm64] = await check(markerLayout({ layers: [{ tar: bytes, blob, mediaType }] }), ['linux/arm64']);
    assert.is(arm64?.ok, true);
  }
});

test('keeps a broken layer to the manifest that it belongs to', async () => {
  const checks = await check(markerLayout({ layers: [layerOf(Buffer.from('no tar'))] }), [
    'linux/amd64',
    'linux/arm64',
  ]);
  assert.equal(
    checks.map(({ ok }) => ok),
    [true, false],
  );
  assert.match(checks[1]?.problem ?? '', /\[tar-truncated\]$/);
});

test.run();
