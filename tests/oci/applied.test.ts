import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Layout } from '../../lib/oci/blobs.ts';
import { findFile } from '../../lib/oci/findFile.ts';
import type { Image } from '../../lib/oci/images.ts';
import { LayoutError, type LayoutRule } from '../../lib/oci/layoutError.ts';
import type { Descriptor } from '../../lib/oci/types.ts';
import { applyLayers, readApplied } from '../fixtures/layouts/applyLayers.ts';
import { LAYER } from '../fixtures/layouts/layout.ts';
import { tar, type TarFile } from '../fixtures/layouts/tarBytes.ts';

/** An image with these layers that is kept nowhere: what matters here is what layers mean, not how they are stored. */
function imageOf(layers: readonly TarFile[][]): { layout: Layout; image: Image } {
  const tars = new Map<string, Buffer>();
  const descriptors = layers.map((files): Descriptor => {
    const bytes = tar(...files);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    tars.set(digest, bytes);
    return { mediaType: LAYER.none, digest, size: bytes.length };
  });
  const layout: Layout = {
    path: 'memory',
    index: { schemaVersion: 2, manifests: [] },
    readDocument: () => Promise.reject(new Error('no documents')),
    openBlob: ({ digest }) => Promise.resolve(Readable.from([tars.get(digest)])),
    close: () => Promise.resolve(),
  };
  const config = { mediaType: 'none', digest: 'none', size: 0 };
  const image: Image = {
    platform: 'linux/amd64',
    descriptor: config,
    manifest: { schemaVersion: 2, config, layers: descriptors },
    config: {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: descriptors.map(({ digest }) => digest) },
    },
  };
  return { layout, image };
}

/** Few names, so that files meet: directories, files, links and whiteouts of the same paths in several layers. */
const name = fc.constantFrom('m', 'a', 'b', 'a/m', 'b/m', 'a/b', 'a/b/m');
const target = fc.constantFrom('m', 'a', 'b', '/', '/a', '.', '..', '../a', 'a/b', '/b/m', 'a/m', 'nothing');
const fileOf = (made: fc.Arbitrary<TarFile>, weight: number) => ({ arbitrary: made, weight });
let contents = 0;
const anyFile = fc.oneof(
  fileOf(
    name.map((path): TarFile => ({ name: path, content: `content ${contents++ % 1000}` })),
    6,
  ),
  fileOf(
    name.map((path): TarFile => ({ name: path, type: '5' })),
    5,
  ),
  fileOf(
    fc.tuple(name, target).map(([path, linkname]): TarFile => ({ name: path, type: '2', linkname })),
    3,
  ),
  fileOf(
    fc.tuple(name, name).map(([path, linkname]): TarFile => ({ name: path, type: '1', linkname })),
    2,
  ),
  fileOf(
    name.map((path): TarFile => ({ name: path, type: '6' })),
    1,
  ),
  fileOf(
    name.map((path): TarFile => ({ name: path.replace(/[^/]+$/, '.wh.$&') })),
    2,
  ),
  fileOf(
    fc.constantFrom('', 'a/', 'b/', 'a/b/').map((path): TarFile => ({ name: `${path}.wh..wh..opq` })),
    1,
  ),
);
const anyLayer = fc.array(anyFile, { minLength: 1, maxLength: 5 });
/** A layer as builders write them: each path once, and directories before what is in them. */
const tidyLayer = anyLayer.map((files) => {
  const byPath = new Map(files.map((file) => [file.name.replace(/\.wh\.(?!\.)/, ''), file]));
  for (const path of [...byPath.keys()]) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      byPath.set(path.slice(0, at), { name: path.slice(0, at), type: '5' });
    }
  }
  return [...byPath].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, file]) => file);
});
const anyLayers = fc.array(fc.oneof(anyLayer, { arbitrary: tidyLayer, weight: 5 }), {
  minLength: 1,
  maxLength: 4,
});

/** Rules for which a changeset may be refused; anything else would be a fault of the reader. */
const CHANGESET_RULES: readonly LayoutRule[] = [
  'layer-type-change',
  'layer-parent',
  'layer-through-symlink',
  'layer-whiteout-conflict',
  'hardlink-target',
  'symlink-loop',
];

test('finds in any stack of layers what containerd would have unpacked, or refuses it', async () => {
  const tally = { same: 0, nothing: 0, refused: 0, cannotApply: 0 };
  const property = fc.asyncProperty(anyLayers, name, async (layers, path) => {
    const { layout, image } = imageOf(layers);
    const root = applyLayers(layers);
    try {
      const found = await findFile(layout, image, path);
      const content = found?.type === 'file' ? found.content.toString() : undefined;
      if (root === undefined) {
        tally.cannotApply += 1;
        return;
      }
      assert.is(content, readApplied(root, path));
      if (content === undefined) tally.nothing += 1;
      else tally.same += 1;
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      assert.ok(CHANGESET_RULES.includes(error.rule), error.message);
      tally.refused += 1;
    }
  });
  await fc.assert(property, { seed: 20_240_607, numRuns: 1000 });
  assert.ok(tally.same > 50 && tally.nothing > 200 && tally.refused > 100, JSON.stringify(tally));
});

test.run();
