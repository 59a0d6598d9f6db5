import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { sha256 } from '../../lib/oci/digest.ts';
import { deepCheck, type DeepCheck } from '../../lib/oci/deepCheck.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  addImage,
  blobName,
  createLayout,
  layer,
  LAYER,
  marker,
  nested,
  tagged,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));

/** Blobs of each layout that BuildKit wrote: indexes, manifests, configs, layers, and attestations with theirs. */
const written: [string, number][] = [
  ['marker', 8],
  ['probe', 8],
  ['probe-attested.tar', 14],
];

for (const [name, blobs] of written) {
  test(`finds all blobs of what BuildKit wrote as ${name}, and nothing wrong`, async () => {
    const layout = await openLayout(join(BUILDKIT, name));
    const found = await deepCheck(layout);
    assert.equal([found.blobs, found.problems], [blobs, []]);
    await layout.close();
  });
}

/** A deep check of a layout that is changed once it is written. */
function check(
  fixture: FixtureLayout,
  change: (dir: string) => Promise<void> = () => Promise.resolve(),
): Promise<DeepCheck> {
  return inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    await change(dir);
    return deepCheck(await openLayout(dir));
  });
}

/** A layout whose base layer, which a lookup of the marker does not come to, is as given. */
function withBase(base = layer({ name: 'base', content: 'x' })): { fixture: FixtureLayout; base: string } {
  const fixture = createLayout();
  nested(fixture, [
    addImage(fixture, { platform: 'linux/amd64', layers: [base, layer(marker('linux/amd64'))] }),
  ]);
  return { fixture, base: blobName(fixture.blob(base.blob, LAYER.gzip).digest) };
}

test('finds a missing base layer', async () => {
  const { fixture, base } = withBase();
  const { problems } = await check(fixture, (dir) => rm(join(dir, base)));
  assert.equal(
    problems.map(({ rule }) => rule),
    ['blob-missing'],
  );
});

test('finds a changed base layer', async () => {
  const { fixture, base } = withBase();
  const { problems } = await check(fixture, (dir) =>
    writeFile(join(dir, base), Buffer.alloc((fixture.files.get(base) as Buffer).length, 'x')),
  );
  assert.equal(
    problems.map(({ rule }) => rule),
    ['digest-mismatch'],
  );
});

test('finds a base layer whose diff_id does not hold', async () => {
  const { fixture } = withBase({ ...layer({ name: 'base' }), diffId: `sha256:${'0'.repeat(64)}` });
  assert.equal(
    (await check(fixture)).problems.map(({ rule }) => rule),
    ['diff-id-mismatch'],
  );
});

test('finds a hidden payload in a base layer', async () => {
  const { fixture } = withBase(layer({ name: 'x', type: '6', content: 'x' }));
  assert.equal(
    (await check(fixture)).problems.map(({ rule }) => rule),
    ['tar-hidden-payload'],
  );
});

test('goes on after a problem, and through all tags', async () => {
  const fixture = createLayout();
  const broken = layer({ name: 'x/' });
  const images = ['linux/amd64', 'linux/arm64'].map((platform) =>
    addImage(fixture, { platform, layers: [layer(marker(platform)), broken] }),
  );
  fixture.index(images.map((image, i) => tagged(image, `tag-${i}`)));
  const { blobs, problems } = await check(fixture);
  assert.equal(
    problems.map(({ rule }) => rule),
    ['tar-name'],
  );
  assert.is(blobs, 6);
});

test('holds a layer against the diff_id of every config that names it', async () => {
  const fixture = createLayout();
  const shared = layer(marker('linux/amd64'));
  const wrong = { ...shared, diffId: `sha256:${'0'.repeat(64)}` };
  const images = [shared, wrong].map((one) => addImage(fixture, { platform: 'linux/amd64', layers: [one] }));
  fixture.index(images.map((image, i) => tagged(image, `tag-${i}`)));
  const { blobs, problems } = await check(fixture);
  assert.equal(
    problems.map(({ rule }) => rule),
    ['diff-id-mismatch'],
  );
  assert.is(blobs, 5);
});

test('holds the layers of every manifest against a config that several share', async () => {
  const fixture = createLayout();
  const [one, other] = [layer(marker('linux/amd64')), layer({ name: 'x' })];
  const images = [one, { ...other, diffId: sha256(one.tar) }].map((made) =>
    addImage(fixture, { platform: 'linux/amd64', layers: [made] }),
  );
  fixture.index(images.map((image, i) => tagged(image, `tag-${i}`)));
  const { problems } = await check(fixture);
  assert.equal(
    problems.map(({ rule }) => rule),
    ['diff-id-mismatch'],
  );
});

test('finds a second descriptor of a blob that has another size', async () => {
  const fixture = createLayout();
  const image = addImage(fixture, { platform: 'linux/amd64' });
  fixture.index([tagged(image, 'one'), tagged({ ...image, size: image.size + 1 }, 'two')]);
  assert.equal(
    (await check(fixture)).problems.map(({ rule }) => rule),
    ['size-mismatch'],
  );
});

test('says so when there are more descriptors than it goes over', async () => {
  const fixture = createLayout();
  const many = Array.from({ length: 1025 }, () => fixture.blob(Buffer.from('x'), 'text/plain'));
  fixture.index(many);
  assert.equal(
    (await check(fixture)).problems.map(({ rule }) => rule),
    ['index-too-large'],
  );
});

test('reads blobs that are neither index nor manifest', async () => {
  const fixture = createLayout();
  const artifact = fixture.blob(Buffer.from('x'), 'text/plain');
  fixture.index([artifact]);
  assert.is((await check(fixture)).blobs, 1);
  const { problems } = await check(fixture, (dir) => writeFile(join(dir, blobName(artifact.digest)), 'y'));
  assert.equal(
    problems.map(({ rule }) => rule),
    ['digest-mismatch'],
  );
});

test.run();
