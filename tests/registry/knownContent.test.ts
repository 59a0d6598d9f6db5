import { appendFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { blobPath, readKnownContent } from '../../lib/registry/knownContent.ts';
import {
  FIXTURES,
  INDEX_TYPE,
  LAYER_TYPE,
  MANIFEST_TYPE,
  MARKER,
  MARKER_AMD64,
  MARKER_CONFIG,
  MARKER_INDEX,
  MARKER_LAYER,
  putBlob,
  putIndex,
  tagged,
  withDirectory,
  withMarkerCopy,
} from './layouts.ts';

test('everything that BuildKit wrote can be reached', async () => {
  const { tags, manifests, blobs, problems } = await readKnownContent(MARKER);
  assert.equal([...tags.keys()], ['latest']);
  assert.is(tags.get('latest')?.digest, MARKER_INDEX);
  assert.is(manifests.size, 3);
  assert.ok(manifests.has(MARKER_AMD64));
  assert.is(blobs.size, 5);
  assert.ok(blobs.has(MARKER_CONFIG) && blobs.has(MARKER_LAYER));
  assert.equal(problems, []);
});

test('the manifests of several entries of index.json are all known', async () => {
  await withDirectory(async (layout) => {
    const config = await putBlob(layout, 'application/vnd.oci.image.config.v1+json', '{}');
    const one = await putBlob(layout, MANIFEST_TYPE, JSON.stringify({ config, layers: [] }));
    const two = await putBlob(layout, MANIFEST_TYPE, JSON.stringify({ config, layers: [], annotations: {} }));
    await putIndex(layout, [tagged(one, 'a'), tagged(two, 'b'), { ...two, annotations: {} }]);
    const { tags, manifests, blobs } = await readKnownContent(layout);
    assert.is(tags.get('a')?.digest, one.digest);
    assert.is(tags.get('b')?.digest, two.digest);
    assert.is(manifests.size, 2);
    assert.equal([...blobs.keys()], [config.digest]);
  });
});

test('a blob that no manifest names is not known', async () => {
  await withMarkerCopy(async (layout) => {
    const stray = await putBlob(layout, LAYER_TYPE, 'stray');
    const { blobs, manifests } = await readKnownContent(layout);
    assert.not(blobs.has(stray.digest));
    assert.not(manifests.has(stray.digest));
  });
});

test('a manifest that was changed on disk is named and not followed', async () => {
  await withMarkerCopy(async (layout) => {
    await writeFile(blobPath(layout, MARKER_AMD64), ' '.repeat(740));
    const { problems, blobs } = await readKnownContent(layout);
    assert.is(problems.length, 1);
    assert.match(problems[0] ?? '', MARKER_AMD64.slice(7));
    assert.match(problems[0] ?? '', 'does not have its digest');
    assert.not(blobs.has(MARKER_CONFIG));
  });
});

test('a manifest that is a symbolic link is named and not followed', async () => {
  await withMarkerCopy(async (layout) => {
    const path = blobPath(layout, MARKER_AMD64);
    await rm(path);
    await symlink(blobPath(MARKER, MARKER_AMD64), path);
    const { problems } = await readKnownContent(layout);
    assert.match(problems.join(), 'a symbolic link');
  });
});

test('a missing manifest is named', async () => {
  await withMarkerCopy(async (layout) => {
    await rm(blobPath(layout, MARKER_AMD64));
    assert.match((await readKnownContent(layout)).problems.join(), 'no such file');
  });
});

test('an index nested too deep is named and left', async () => {
  await withDirectory(async (layout) => {
    let child = await putBlob(layout, INDEX_TYPE, JSON.stringify({ manifests: [] }));
    for (let depth = 0; depth < 8; depth += 1) {
      child = await putBlob(layout, INDEX_TYPE, JSON.stringify({ manifests: [child] }));
    }
    await putIndex(layout, [child]);
    assert.match((await readKnownContent(layout)).problems.join(), 'nested deeper');
  });
});

test('a descriptor that is none is left out', async () => {
  await withDirectory(async (layout) => {
    const sound = await putBlob(layout, LAYER_TYPE, 'sound');
    await putIndex(layout, [
      sound,
      null,
      'text',
      { ...sound, digest: 'sha256:../../../index.json' },
      { ...sound, digest: sound.digest.toUpperCase() },
      { ...sound, size: -1 },
      { ...sound, size: 1e30 },
      { ...sound, mediaType: 'text/html\r\nx-evil: 1' },
      { ...sound, annotations: null },
    ]);
    const { blobs, manifests } = await readKnownContent(layout);
    assert.is(blobs.size, 1);
    assert.is(manifests.size, 0);
  });
});

test('a tag annotation that is no tag is passed over', async () => {
  await withDirectory(async (layout) => {
    const blob = await putBlob(layout, LAYER_TYPE, 'x');
    await putIndex(layout, [tagged(blob, 'docker.io/library/debian:bookworm'), tagged(blob, '../x')]);
    assert.is((await readKnownContent(layout)).tags.size, 0);
  });
});

const unreadable: [title: string, content: string, message: RegExp][] = [
  ['text', 'hello', /no OCI layout here: .*JSON/],
  ['a list', '[]', /"manifests" is not a list/],
  ['null', 'null', /not a JSON object/],
  ['an object without manifests', '{}', /"manifests" is not a list/],
];
for (const [title, content, message] of unreadable) {
  test(`an index.json that is ${title} is a fault that names the file`, async () => {
    await withDirectory(async (layout) => {
      await writeFile(join(layout, 'index.json'), content);
      const fault = await readKnownContent(layout).catch((error: unknown) => error);
      assert.instance(fault, Fault);
      assert.match((fault as Fault).message, message);
      assert.match((fault as Fault).message, join(layout, 'index.json'));
    });
  });
}

test('an index.json above 4 MiB is not read', async () => {
  await withMarkerCopy(async (layout) => {
    await appendFile(join(layout, 'index.json'), ' '.repeat(5 * 1024 * 1024));
    const fault = await readKnownContent(layout).catch((error: unknown) => error);
    assert.match((fault as Fault).message, 'more than 4194304');
  });
});

test('a tag given to two digests is a fault', async () => {
  await withDirectory(async (layout) => {
    const one = await putBlob(layout, LAYER_TYPE, 'one');
    const two = await putBlob(layout, LAYER_TYPE, 'two');
    await putIndex(layout, [tagged(one, 'latest'), tagged(two, 'latest')]);
    const fault = await readKnownContent(layout).catch((error: unknown) => error);
    assert.match((fault as Fault).message, 'tag "latest" is given to two digests');
  });
});

test('the other layouts that BuildKit wrote have no problems', async () => {
  const { problems, tags } = await readKnownContent(join(FIXTURES, 'probe'));
  assert.equal(problems, []);
  assert.ok(tags.has('latest'));
});

test.run();
