import { chmod, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLayout } from '../../lib/cli/checkLayout.ts';
import type { LayoutRequest } from '../../lib/cli/checkLayoutOptions.ts';
import { layoutReportSchema, type LayoutReport } from '../../lib/cli/checkLayoutReport.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import {
  addImage,
  blobName,
  createLayout,
  layer,
  layerOf,
  layoutTar,
  marker,
  markerLayout,
  tagged,
  writeDirectory,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';
import { zstd } from '../fixtures/layouts/zstdBytes.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));

/** The report of a layout, which has to be one by the schema. */
async function report(layout: string, request: Partial<LayoutRequest> = {}): Promise<LayoutReport> {
  const plain = { layout, platforms: undefined, ref: undefined, deep: false, json: false };
  const made = await checkLayout({ ...plain, ...request });
  assert.equal(layoutReportSchema.parse(made), made);
  return made;
}

/** The report of a layout that is changed once it is written. */
function reportOf(
  fixture: FixtureLayout,
  request: Partial<LayoutRequest> = {},
  change: (dir: string) => Promise<void> = () => Promise.resolve(),
): Promise<LayoutReport> {
  return inTempDirectory(async (dir) => {
    await writeDirectory(fixture, dir);
    await change(dir);
    return report(dir, request);
  });
}

const verdicts = ({ manifests }: LayoutReport) =>
  manifests.map(({ platform, verdict }) => `${platform} ${verdict}`);

test('what BuildKit wrote passes, with its attestations set aside', async () => {
  const found = await report(join(BUILDKIT, 'probe-attested.tar'), { deep: true });
  assert.equal(verdicts(found), ['linux/amd64 pass', 'linux/arm64 pass']);
  assert.equal([found.ok, found.attestations, found.deep?.blobs], [true, 2, 14]);
  assert.equal(
    found.manifests.map(({ marker: text, problem }) => [text, problem]),
    [
      ['linux/amd64', null],
      ['linux/arm64', null],
    ],
  );
});

test('a layout passes as a tar, plain, gzip or zstd, and by a link to it', () =>
  inTempDirectory(async (dir) => {
    const bytes = layoutTar(markerLayout());
    for (const packed of [bytes, gzipSync(bytes), zstd(bytes)]) {
      const path = join(dir, 'layout');
      await writeFile(path, packed);
      assert.ok((await report(path, { deep: true })).ok);
    }
    await symlink('layout', join(dir, 'latest'));
    assert.ok((await report(join(dir, 'latest'))).ok);
  }));

test('the set of platforms has to be exactly the one asked for', async () => {
  const both = ['linux/amd64', 'linux/arm64'];
  assert.ok((await reportOf(markerLayout(), { platforms: both })).ok);
  const found = await reportOf(markerLayout(), { platforms: ['linux/arm64', 'linux/s390x'] });
  assert.equal(verdicts(found), [
    'linux/arm64 pass',
    'linux/s390x manifest-missing',
    'linux/amd64 not-asked-for',
  ]);
  assert.equal([found.ok, found.error], [false, null]);
});

test('a marker of another platform, a missing one and a broken layer each fall short by a word of their own', async () => {
  const fixture = createLayout();
  const layers = { amd64: marker('linux/arm64'), arm64: marker('x', 'other'), s390x: Buffer.from('no tar') };
  fixture.index(
    Object.entries(layers).map(([architecture, file]) =>
      addImage(fixture, {
        platform: `linux/${architecture}`,
        layers: [Buffer.isBuffer(file) ? layerOf(file) : layer(file)],
      }),
    ),
  );
  const found = await reportOf(fixture);
  assert.equal(verdicts(found), [
    'linux/amd64 wrong-platform',
    'linux/arm64 marker-missing',
    'linux/s390x layer-refused',
  ]);
  assert.is(found.ok, false);
});

test('a layout without any manifest that could run falls short', async () => {
  const fixture = createLayout();
  fixture.index([]);
  const found = await reportOf(fixture);
  assert.equal([found.ok, found.manifests, found.problems.length], [false, [], 1]);
});

test('of several tags one has to be chosen, and all are named', async () => {
  const fixture = createLayout();
  const tags = { one: 'linux/amd64', two: 'linux/arm64' };
  fixture.index(Object.entries(tags).map(([tag, platform]) => tagged(addImage(fixture, { platform }), tag)));
  const found = await reportOf(fixture);
  assert.is(found.error?.rule, 'ref-needed');
  assert.match(found.error?.message ?? '', 'several tags ("one", "two")');
  assert.equal(verdicts(await reportOf(fixture, { ref: 'two' })), ['linux/arm64 pass']);
  assert.is((await reportOf(fixture, { ref: 'three' })).error?.rule, 'ref-not-found');
});

test('a missing manifest is refused with the descriptor that points at it', async () => {
  const fixture = createLayout();
  const image = addImage(fixture, { platform: 'linux/amd64' });
  fixture.index([image]);
  const found = await reportOf(fixture, {}, (dir) => rm(join(dir, blobName(image.digest))));
  assert.is(found.error?.rule, 'blob-missing');
  assert.match(found.error?.message ?? '', image.digest);
  assert.is(found.ok, false);
});

test('a broken base layer, which no marker comes from, is found by a deep check alone', async () => {
  const fixture = createLayout();
  const base = layer({ name: 'base' });
  fixture.index([
    addImage(fixture, { platform: 'linux/amd64', layers: [base, layer(marker('linux/amd64'))] }),
  ]);
  const { digest } = fixture.blob(base.blob, base.mediaType);
  const lose = (dir: string) => rm(join(dir, blobName(digest)));
  assert.ok((await reportOf(fixture, {}, lose)).ok);
  const found = await reportOf(fixture, { deep: true }, lose);
  assert.equal([found.ok, found.deep?.problems.map(({ rule }) => rule)], [false, ['blob-missing']]);
});

test('what is no layout, or not there, is refused', async () => {
  assert.is((await report('/nowhere')).error?.rule, 'layout-not-found');
  assert.is((await report('/dev/null')).error?.rule, 'layout-kind');
  assert.is((await inTempDirectory((dir) => report(dir))).error?.rule, 'layout-marker');
});

if (process.getuid?.() === 0) process.stdout.write('skipped: root may read everything\n');
else {
  test('a file that may not be read is told as the system tells it', async () => {
    const found = await reportOf(markerLayout(), {}, (dir) => chmod(join(dir, 'index.json'), 0));
    assert.is(found.error?.rule, null);
    assert.match(found.error?.message ?? '', /: EACCES: .*index\.json/);
  });
}

test.run();
