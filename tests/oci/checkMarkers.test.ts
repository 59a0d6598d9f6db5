import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { checkMarkers, type MarkerCheck } from '../../lib/oci/checkMarkers.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  addImage,
  createLayout,
  layer,
  LAYER,
  layerOf,
  marker,
  markerLayout,
  nested,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';
import { tar } from '../fixtures/layouts/tarBytes.ts';
import { zstd } from '../fixtures/layouts/zstdBytes.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));

function check(fixture: FixtureLayout, platforms?: string[]): Promise<MarkerCheck[]> {
  return inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    return (await checkMarkers(await openLayout(dir), platforms && { platforms })).checks;
  });
}

const written: [name: string, attestations: number][] = [
  ['marker', 0],
  ['probe', 0],
  ['probe-attested.tar', 2],
];

for (const [name, attestations] of written) {
  test(`passes what BuildKit wrote as ${name}`, async () => {
    const layout = await openLayout(join(BUILDKIT, name));
    const found = await checkMarkers(layout, { platforms: ['linux/arm64', 'linux/amd64'] });
    assert.equal(
      found.checks.map(({ platform, marker, mode, verdict }) => ({ platform, marker, mode, verdict })),
      ['linux/arm64', 'linux/amd64'].map((platform) => ({
        platform,
        marker: platform,
        mode: 0o644,
        verdict: 'pass',
      })),
    );
    assert.is(found.attestations, attestations);
    await layout.close();
  });
}

test('asks every manifest for its own platform where no platforms are given', async () => {
  const checks = await check(markerLayout({ layers: [layer(marker('linux/amd64'))] }));
  assert.equal(
    checks.map(({ platform, verdict }) => [platform, verdict]),
    [
      ['linux/amd64', 'pass'],
      ['linux/arm64', 'wrong-platform'],
    ],
  );
});

test('gives one check for each platform asked for, in that order, and then one for each other manifest', async () => {
  const checks = await check(markerLayout(), ['linux/s390x', 'linux/arm64']);
  assert.equal(
    checks.map(({ platform, verdict, manifestDigest }) => [platform, verdict, manifestDigest !== undefined]),
    [
      ['linux/s390x', 'manifest-missing', false],
      ['linux/arm64', 'pass', true],
      ['linux/amd64', 'not-asked-for', true],
    ],
  );
});

test('takes platforms in any form, each once', async () => {
  const checks = await check(markerLayout(), ['linux/aarch64', 'linux/x86_64', 'linux/arm64/v8']);
  assert.equal(
    checks.map(({ platform, verdict }) => [platform, verdict]),
    [
      ['linux/arm64', 'pass'],
      ['linux/amd64', 'pass'],
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
  assert.equal([arm64?.verdict, arm64?.mode], ['pass', 0o600]);
});

test('misses a marker where there is no regular file of that name', async () => {
  const name = 'platform-marker';
  const odd = [
    { name: 'other' },
    { name, type: '5' },
    { name, type: '2', linkname: 'x' },
    { name, type: '6' },
  ];
  for (const file of odd) {
    const [arm64] = await check(markerLayout({ layers: [layer(marker('linux/arm64', 'x'), file)] }), [
      'linux/arm64',
    ]);
    assert.is(arm64?.verdict, 'marker-missing');
  }
});

test('takes a marker that is a hard link for a file', async () => {
  const layers = [layer(marker('linux/arm64', 'x'), { name: 'platform-marker', type: '1', linkname: 'x' })];
  const [arm64] = await check(markerLayout({ layers }), ['linux/arm64']);
  assert.is(arm64?.verdict, 'pass');
});

test('passes a marker in a plain and in a zstd layer', async () => {
  const bytes = tar(marker('linux/arm64'));
  for (const blob of [bytes, zstd(bytes)]) {
    const mediaType = blob === bytes ? LAYER.none : LAYER.zstd;
    const [arm64] = await check(markerLayout({ layers: [{ tar: bytes, blob, mediaType }] }), ['linux/arm64']);
    assert.is(arm64?.verdict, 'pass');
  }
});

test('keeps a broken layer to the manifest that it belongs to', async () => {
  const checks = await check(markerLayout({ layers: [layerOf(Buffer.from('no tar'))] }), [
    'linux/amd64',
    'linux/arm64',
  ]);
  assert.equal(
    checks.map(({ verdict }) => verdict),
    ['pass', 'layer-refused'],
  );
  assert.match(checks[1]?.problem ?? '', /\[tar-truncated\]$/);
});

test('one check of a layout has an end, however many images ask for more', async () => {
  const big = { name: 'big', content: Buffer.alloc(4096) };
  const layers = (platform: string) => [layer(marker(platform)), layer(big)];
  const fixture = createLayout();
  const platforms = ['linux/amd64', 'linux/arm64', 'linux/s390x'];
  nested(
    fixture,
    platforms.map((platform) => addImage(fixture, { platform, layers: layers(platform) })),
  );
  await inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    const { checks } = await checkMarkers(await openLayout(dir), { unpackedBytes: 20_000 });
    assert.equal(
      checks.map(({ verdict, rule }) => [verdict, rule]),
      [
        ['pass', undefined],
        ['pass', undefined],
        ['layer-refused', 'layer-too-large'],
      ],
    );
  });
});

test.run();
