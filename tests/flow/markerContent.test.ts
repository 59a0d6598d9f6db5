import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { swapMarkers, writeMarkerContent } from '../../lib/flow/markerContent.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const content = {
  'linux/amd64': { marker: 'linux/amd64', seal: 'a' },
  'linux/arm/v7': { marker: 'linux/arm/v7', seal: 'b' },
  'linux/arm64': { marker: 'linux/arm64', seal: 'c' },
};

test('each platform has a folder with its marker, without a newline, and its seal', () =>
  inTempDirectory(async (dir) => {
    await writeMarkerContent(dir, content);
    assert.is(await readFile(join(dir, 'linux/arm/v7/platform-marker'), 'utf8'), 'linux/arm/v7');
    assert.is(await readFile(join(dir, 'linux/arm/v7/platform-marker.seal'), 'utf8'), 'b');
  }));

test('no platform keeps its marker or its seal when they are swapped, and none is lost', () => {
  const swapped = swapMarkers(content);
  assert.equal(Object.keys(swapped), Object.keys(content));
  for (const [platform, { marker, seal }] of Object.entries(content)) {
    assert.is.not(swapped[platform]?.marker, marker);
    assert.is.not(swapped[platform]?.seal, seal);
  }
  assert.equal(
    Object.values(swapped)
      .map(({ seal }) => seal)
      .sort(),
    ['a', 'b', 'c'],
  );
});

for (const platform of ['linux/amd64', 'linux/riscv64']) {
  test(`${platform} alone gets another’s name, and no seal`, () => {
    const swapped = swapMarkers({ [platform]: { marker: platform, seal: 'a' } })[platform];
    assert.ok(swapped);
    assert.is.not(swapped.marker, platform);
    assert.is(swapped.seal, undefined);
  });
}

test.run();
