import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout, type Layout } from '../../lib/oci/blobs.ts';
import { findFile, findFiles, type FoundFile } from '../../lib/oci/findFile.ts';
import { listImages, type Image } from '../../lib/oci/images.ts';
import type { LayoutRule } from '../../lib/oci/layoutError.ts';
import type { LookupLimits } from '../../lib/oci/limits.ts';
import { dir, file, hard, link, LOOKUPS } from '../fixtures/layouts/lookups.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  blobName,
  createLayout,
  addImage,
  layer,
  LAYER,
  writeDirectory,
  type FixtureLayer,
} from '../fixtures/layouts/layout.ts';
import { tar, tarHeader, type TarFile } from '../fixtures/layouts/tarBytes.ts';
import { zstdBomb } from '../fixtures/layouts/zstdBytes.ts';
import { breaksRule } from '../fixtures/layouts/breaksRule.ts';

type Files = (TarFile | Buffer)[];

/** Runs something with an image of these layers, the base first. */
async function withImage<T>(
  layers: FixtureLayer[],
  run: (layout: Layout, image: Image) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return inTempDirectory(async (dir) => {
    const fixture = createLayout();
    fixture.index([addImage(fixture, { platform: 'linux/amd64', layers })]);
    await writeDirectory(fixture, join(dir, 'layout'));
    const layout = await openLayout(join(dir, 'layout'), signal);
    try {
      const [image] = (await listImages(layout)).images;
      if (image === undefined) throw new Error('the layout has no image');
      return await run(layout, image);
    } finally {
      await layout.close();
    }
  });
}

function find(
  layers: Files[],
  path: string,
  limits: Partial<LookupLimits> = {},
): Promise<FoundFile | undefined> {
  return withImage(
    layers.map((files) => layer(...files)),
    (layout, image) => findFile(layout, image, path, limits),
  );
}

/** The content of the file that a lookup ends at. */
async function read(layers: Files[], path: string): Promise<string | undefined> {
  return (await find(layers, path))?.content.toString();
}

test('finds a file with its mode, owner, size and layer', async () => {
  const raw = { 108: '0000144', 116: '0000145' };
  const found = await find([[dir('a'), { ...file('a/b', 'text'), mode: 0o4755, raw }]], '/a/b');
  assert.equal([found?.path, found?.type, found?.size], ['a/b', 'file', 4]);
  assert.equal([found?.mode, found?.uid, found?.gid], [0o4755, 0o144, 0o145]);
  assert.is(found?.layer.mediaType, LAYER.gzip);
});

for (const { what, layers, path, expected } of LOOKUPS) {
  test(`finds ${what}`, async () => {
    assert.is(await read(layers, path), expected);
  });
}

test('says where a symlink has led to', async () => {
  const found = await find([[file('a/x'), link('y', 'a/x')]], '/y');
  assert.is(found?.path, 'a/x');
});

test('keeps the path of a hard link', async () => {
  const found = await find([[file('x'), hard('y', 'x')]], '/y');
  assert.is(found?.path, 'y');
});

test('finds directories, with an entry and without', async () => {
  const layers = [[{ ...dir('a'), mode: 0o700 }, file('b/c/x')]];
  assert.equal([(await find(layers, '/a'))?.type, (await find(layers, '/a'))?.mode], ['directory', 0o700]);
  assert.equal(
    [(await find(layers, '/b/c'))?.type, (await find(layers, '/b/c'))?.mode],
    ['directory', 0o755],
  );
});

test('finds devices and fifos, without content', async () => {
  for (const [type, name] of [
    ['3', 'character-device'],
    ['4', 'block-device'],
    ['6', 'fifo'],
  ] as const) {
    const found = await find([[{ name: 'x', type }]], '/x');
    assert.equal([found?.type, found?.size], [name, 0]);
  }
});

test('takes the root for no file', async () => {
  assert.is(await find([[dir('.'), file('x')]], '/'), undefined);
});

test('finds several files and leaves out what is not there', () =>
  withImage([layer(file('a'), file('b'))], async (layout, image) => {
    const found = await findFiles(layout, image, ['/a', '/c', 'b']);
    assert.equal([...found.keys()], ['/a', 'b']);
    assert.equal(
      [...found.values()].map((one) => one.content.toString()),
      ['a', 'b'],
    );
  }));

test('reads each layer once for several files', () =>
  withImage([layer(file('a'), file('b')), layer(file('c'))], async (layout, image) => {
    const opened: string[] = [];
    const watched: Layout = {
      ...layout,
      openBlob: (blob) => (opened.push(blob.digest), layout.openBlob(blob)),
    };
    await findFiles(watched, image, ['/a', '/b', '/c']);
    assert.equal(
      opened,
      [...image.manifest.layers].reverse().map(({ digest }) => digest),
    );
  }));

test('does not open a layer below the one that answers', () =>
  inTempDirectory(async (dir) => {
    const fixture = createLayout();
    const below = layer(file('x', 'old'));
    const descriptor = addImage(fixture, {
      platform: 'linux/amd64',
      layers: [below, layer(file('x', 'new'))],
    });
    fixture.index([descriptor]);
    fixture.files.delete(blobName(fixture.blob(below.blob, LAYER.gzip).digest));
    await writeDirectory(fixture, join(dir, 'layout'));
    const layout = await openLayout(join(dir, 'layout'));
    const [image] = (await listImages(layout)).images;
    assert.is((await findFile(layout, image as Image, '/x'))?.content.toString(), 'new');
  }));

/** Lookups that are refused for what they would cost. */
test('finds a file by a symlink in a layer that takes more than half of what may be held', async () => {
  const many = Array.from({ length: 60 }, (_, i) => file(`${i}`));
  const found = await find([[...many, file('x'), link('y', 'x')]], 'y', { entries: 100 });
  assert.is(found?.content.toString(), 'x');
});

const refused: [string, LayoutRule, Files[], Partial<LookupLimits>][] = [
  [
    'a layer with too many entries',
    'tar-too-many-entries',
    [[file('x'), file('y'), file('z')]],
    { entries: 2 },
  ],
  [
    'layers with too many entries together',
    'tar-too-many-entries',
    [[file('x')], [file('y')], [file('z')]],
    { entries: 2 },
  ],
  [
    'a layer with too long names',
    'tar-too-many-entries',
    [[file('x'), file('y'.repeat(90))]],
    { nameBytes: 90 },
  ],
  ['a layer that is too large', 'layer-too-large', [[file('x')]], { unpackedBytes: 2000 }],
  [
    'layers that are too large together',
    'layer-too-large',
    [[file('x')], [file('y')]],
    { unpackedBytes: 3000 },
  ],
  ['a file that is too large', 'file-too-large', [[file('x', 'text')]], { fileBytes: 3 }],
  [
    '40 symlinks in a row',
    'symlink-loop',
    [Array.from({ length: 42 }, (_, i) => link(i === 0 ? 'x' : `${i}`, `${i + 1}`))],
    {},
  ],
];

for (const [what, rule, layers, limits] of refused) {
  test(`refuses ${what}`, () => breaksRule(rule, find(layers, '/x', limits)));
}

test('refuses a directory that a layer takes for granted and that is a symlink below', () =>
  breaksRule('layer-through-symlink', find([[file('b/x'), link('a', 'b')], [file('a/y')]], '/a/x')));

test('refuses a zstd bomb long before it is unpacked', async () => {
  const bomb = { tar: tar(), blob: zstdBomb(80_000), mediaType: LAYER.zstd };
  const before = process.cpuUsage();
  const lookup = withImage([bomb], (layout, image) => findFile(layout, image, '/x'));
  await breaksRule('tar-trailing-data', lookup);
  assert.ok(process.cpuUsage(before).user < 2e6);
});

test('a lookup in a bomb ends when it is told to, in between its blocks', async () => {
  const start = tarHeader({ name: 'big', size: 2 ** 33 - 1 }, 0);
  const bomb = { tar: start, blob: zstdBomb(80_000, start), mediaType: LAYER.zstd };
  const abort = new AbortController();
  const before = process.cpuUsage();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 20);
  try {
    await withImage([bomb], (layout, image) => findFile(layout, image, '/x'), abort.signal);
    assert.unreachable('expected it to end');
  } catch (error) {
    assert.is((error as Error).message, 'enough');
  }
  assert.ok(process.cpuUsage(before).user < 5e6);
});

test.run();
