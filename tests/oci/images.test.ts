import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout, type Layout } from '../../lib/oci/blobs.ts';
import { listImages, type LayoutImages } from '../../lib/oci/images.ts';
import { breaksRule } from '../fixtures/layouts/breaksRule.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  addImage,
  createLayout,
  DOCKER,
  INDEX,
  layer,
  marker,
  nested,
  tagged,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));

function list(fixture: FixtureLayout, options: { ref?: string } = {}): Promise<LayoutImages> {
  return inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    return listImages(await openLayout(dir), options);
  });
}

function platforms({ images }: LayoutImages): string[] {
  return images.map(({ platform }) => platform);
}

for (const name of ['marker', 'probe', 'probe-attested.tar']) {
  test(`lists the two images of what BuildKit wrote as ${name}`, async () => {
    const layout: Layout = await openLayout(join(BUILDKIT, name));
    assert.equal(platforms(await listImages(layout)), ['linux/amd64', 'linux/arm64']);
    await layout.close();
  });
}

test('sets the attestations aside that BuildKit wrote', async () => {
  const layout = await openLayout(join(BUILDKIT, 'probe-attested.tar'));
  const { images, attestations } = await listImages(layout);
  const described = attestations.map(({ annotations }) => annotations?.['vnd.docker.reference.digest']);
  assert.equal(
    described,
    images.map(({ descriptor }) => descriptor.digest),
  );
  await layout.close();
});

test('normalizes platforms as containerd does', async () => {
  const fixture = createLayout();
  nested(
    fixture,
    ['linux/arm64/v8', 'linux/arm', 'linux/arm/v6', 'linux/amd64/v1', 'linux/amd64/v3'].map((platform) =>
      addImage(fixture, { platform }),
    ),
  );
  assert.equal(platforms(await list(fixture)), [
    'linux/arm64',
    'linux/arm/v7',
    'linux/arm/v6',
    'linux/amd64',
    'linux/amd64/v3',
  ]);
});

test("takes the config's platform where the descriptor has none", async () => {
  const fixture = createLayout();
  fixture.index([addImage(fixture, { platform: 'linux/s390x', descriptor: { platform: undefined } })]);
  assert.equal(platforms(await list(fixture)), ['linux/s390x']);
});

test('takes an os.version that only one of descriptor and config has', async () => {
  const fixture = createLayout();
  fixture.index([
    addImage(fixture, { platform: 'windows/amd64', config: (config) => ({ ...config, 'os.version': '10' }) }),
  ]);
  assert.equal(platforms(await list(fixture)), ['windows/amd64']);
});

test("reads Docker's media types", async () => {
  const fixture = createLayout();
  const manifests = ['linux/amd64', 'linux/arm64'].map((platform) => {
    const layers = [{ ...layer(marker(platform)), mediaType: DOCKER.layer }];
    return addImage(fixture, { platform, docker: true, layers });
  });
  fixture.index([fixture.document({ schemaVersion: 2, mediaType: DOCKER.list, manifests }, DOCKER.list)]);
  assert.equal(platforms(await list(fixture)), ['linux/amd64', 'linux/arm64']);
});

test('walks eight indexes, index.json among them, and a manifest beside an index', async () => {
  const fixture = createLayout();
  let level = [addImage(fixture, { platform: 'linux/amd64' })];
  for (let depth = 2; depth <= 8; depth++) {
    level = [fixture.document({ schemaVersion: 2, mediaType: INDEX, manifests: level }, INDEX)];
  }
  fixture.index([...level, addImage(fixture, { platform: 'linux/arm64' })]);
  assert.equal(platforms(await list(fixture)), ['linux/amd64', 'linux/arm64']);
});

test('takes an index.json without a mediaType', async () => {
  const fixture = createLayout();
  fixture.index([addImage(fixture, { platform: 'linux/amd64' })], { mediaType: undefined });
  assert.equal(platforms(await list(fixture)), ['linux/amd64']);
});

/** A layout with two tags for two images, and optionally further tags. */
function twoTags(...more: string[]): FixtureLayout {
  const fixture = createLayout();
  const one = addImage(fixture, { platform: 'linux/amd64' });
  const two = addImage(fixture, { platform: 'linux/arm64' });
  fixture.index([tagged(one, 'one'), tagged(two, 'two'), ...more.map((ref) => tagged(one, ref))]);
  return fixture;
}

test('takes the tag that is chosen', async () => {
  assert.equal(platforms(await list(twoTags(), { ref: 'two' })), ['linux/arm64']);
});

test('names the tags there are when one has to be chosen', async () => {
  try {
    await list(twoTags());
    assert.unreachable('expected a tag to be needed');
  } catch (error) {
    assert.match(
      (error as Error).message,
      'several tags ("one", "two"): expected one of them to be chosen [ref-needed]',
    );
  }
});

test('needs no tag where all lead to the same', async () => {
  const fixture = createLayout();
  const image = addImage(fixture, { platform: 'linux/amd64' });
  fixture.index([tagged(image, 'one'), tagged(image, 'two')]);
  assert.equal(platforms(await list(fixture)), ['linux/amd64']);
  assert.equal(platforms(await list(fixture, { ref: 'two' })), ['linux/amd64']);
});

test('refuses a tag by a part of its name', () =>
  breaksRule('ref-not-found', list(twoTags(), { ref: 'on' })));

test.run();
