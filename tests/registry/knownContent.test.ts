import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { LayoutError } from '../../lib/oci/layoutError.ts';
import { readKnownContent } from '../../lib/registry/knownContent.ts';
import type { KnownContent } from '../../lib/registry/knownContent.ts';
import {
  CONFIG_TYPE,
  FIXTURES,
  INDEX_TYPE,
  LAYER_TYPE,
  MANIFEST_TYPE,
  MARKER,
  MARKER_AMD64,
  MARKER_CONFIG,
  MARKER_INDEX,
  MARKER_LAYER,
  blobPath,
  putBlob,
  putDocument,
  putIndex,
  tagged,
  withDirectory,
  withMarkerCopy,
} from './layouts.ts';

async function read(directory: string): Promise<KnownContent> {
  const layout = await openLayout(directory);
  try {
    return await readKnownContent(layout);
  } finally {
    await layout.close();
  }
}

test('everything that BuildKit wrote can be reached', async () => {
  const { tags, manifests, blobs, problems } = await read(MARKER);
  assert.equal([...tags.keys()], ['latest']);
  assert.is(tags.get('latest')?.digest, MARKER_INDEX);
  assert.is(manifests.size, 3);
  assert.ok(manifests.has(MARKER_AMD64));
  assert.is(blobs.size, 5);
  assert.ok(blobs.has(MARKER_CONFIG) && blobs.has(MARKER_LAYER));
  assert.equal(problems, []);
});

test('attestation manifests that BuildKit wrote can be reached', async () => {
  const { manifests, blobs, problems } = await read(join(FIXTURES, 'probe-attested.tar'));
  assert.is(manifests.size, 5);
  assert.is(blobs.size, 9);
  assert.equal(problems, []);
});

test('the manifests of several entries of index.json are all known', async () => {
  await withDirectory(async (layout) => {
    const config = await putBlob(layout, CONFIG_TYPE, '{}');
    const one = await putDocument(layout, MANIFEST_TYPE, { config, layers: [] });
    const two = await putDocument(layout, MANIFEST_TYPE, { config, layers: [], annotations: {} });
    await putIndex(layout, [tagged(one, 'a'), tagged(two, 'b'), two]);
    const { tags, manifests, blobs } = await read(layout);
    assert.is(tags.get('a')?.digest, one.digest);
    assert.is(tags.get('b')?.digest, two.digest);
    assert.is(manifests.size, 2);
    assert.equal([...blobs.keys()], [config.digest]);
  });
});

test('a blob that no manifest names is not known', async () => {
  await withMarkerCopy(async (layout) => {
    const stray = await putBlob(layout, LAYER_TYPE, 'stray');
    const { blobs, manifests } = await read(layout);
    assert.not(blobs.has(stray.digest));
    assert.not(manifests.has(stray.digest));
  });
});

const spoilt: [title: string, spoil: (path: string) => Promise<unknown>, problem: string][] = [
  ['was changed on disk', (path) => writeFile(path, ' '.repeat(740)), "expected the descriptor's digest"],
  ['is of another size', (path) => writeFile(path, '{}'), 'the blob has 2 bytes'],
  ['is missing', (path) => rm(path), 'expected the blob of this descriptor'],
  [
    'is a symbolic link',
    (path) => rm(path).then(() => symlink(blobPath(MARKER, MARKER_AMD64), path)),
    'is a link',
  ],
];
for (const [title, spoil, problem] of spoilt) {
  test(`a manifest that ${title} is named and not followed, and the others are`, async () => {
    await withMarkerCopy(async (layout) => {
      await spoil(blobPath(layout, MARKER_AMD64));
      const { problems, blobs, manifests } = await read(layout);
      assert.is(problems.length, 1);
      assert.match(problems[0] ?? '', layout);
      assert.match(problems[0] ?? '', MARKER_AMD64);
      assert.match(problems[0] ?? '', problem);
      assert.not(blobs.has(MARKER_CONFIG));
      assert.is(manifests.size, 3);
      assert.is(blobs.size, 3);
    });
  });
}

test('an index nested too deep is named and left', async () => {
  await withDirectory(async (layout) => {
    let child = await putDocument(layout, INDEX_TYPE, { manifests: [] });
    for (let depth = 0; depth < 20; depth += 1) {
      child = await putDocument(layout, INDEX_TYPE, { manifests: [child] });
    }
    await putIndex(layout, [child]);
    assert.match((await read(layout)).problems.join(), 'indexes deep');
  });
});

test('a tag annotation that is no tag, or is on no image, is passed over', async () => {
  await withDirectory(async (layout) => {
    const blob = await putBlob(layout, LAYER_TYPE, 'x');
    const index = await putDocument(layout, INDEX_TYPE, { manifests: [] });
    await putIndex(layout, [
      tagged(index, 'docker.io/library/debian:bookworm'),
      tagged(index, '../x'),
      tagged(blob, 'latest'),
    ]);
    assert.is((await read(layout)).tags.size, 0);
  });
});

test('a tag given to two digests is refused', async () => {
  await withDirectory(async (layout) => {
    const one = await putDocument(layout, INDEX_TYPE, { manifests: [] });
    const two = await putDocument(layout, INDEX_TYPE, { manifests: [], annotations: {} });
    await putIndex(layout, [tagged(one, 'latest'), tagged(two, 'latest')]);
    const error = await read(layout).catch((caught: unknown) => caught);
    assert.instance(error, LayoutError);
    assert.match((error as LayoutError).message, 'tag "latest" is given to two digests');
  });
});

test.run();
