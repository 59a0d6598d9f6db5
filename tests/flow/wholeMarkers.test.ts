import { cp, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isStillWhole, markerIdentity } from '../../lib/flow/wholeMarkers.ts';
import { openLayout } from '../../lib/oci/blobs.ts';

const LAYOUT = fileURLToPath(new URL('../fixtures/buildkit/marker', import.meta.url));
const STAGES = fileURLToPath(new URL('../../stages', import.meta.url));

/** A copy of a marker layout that BuildKit wrote, and what a run said of it. */
async function withCopy(use: (path: string, digest: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-whole-'));
  try {
    const path = join(folder, 'layout');
    await cp(LAYOUT, path, { recursive: true });
    const layout = await openLayout(path);
    const digest = layout.index.manifests[0]?.digest ?? '';
    await layout.close();
    await use(path, digest);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('A layout that nobody has touched is still whole', () =>
  withCopy(async (path, digest) => {
    assert.ok(await isStillWhole(path, { identity: '', digest }));
  }));

test('A layout whose index is another one is not', () =>
  withCopy(async (path) => {
    assert.not(await isStillWhole(path, { identity: '', digest: `sha256:${'0'.repeat(64)}` }));
  }));

test('A layout that lacks any one of its blobs, or has one cut short, is not', () =>
  withCopy(async (path, digest) => {
    for (const blob of await readdir(join(path, 'blobs/sha256'))) {
      const copy = `${path}-${blob}`;
      await cp(path, copy, { recursive: true });
      await rm(join(copy, 'blobs/sha256', blob));
      assert.not(await isStillWhole(copy, { identity: '', digest }), `without ${blob}`);
      await cp(join(path, 'blobs/sha256', blob), join(copy, 'blobs/sha256', blob));
      await truncate(join(copy, 'blobs/sha256', blob), 1);
      assert.not(await isStillWhole(copy, { identity: '', digest }), `${blob} cut short`);
    }
  }));

test('A folder that is no layout, or is not there, is not', () =>
  withCopy(async (path, digest) => {
    await writeFile(join(path, 'index.json'), 'not JSON');
    assert.not(await isStillWhole(path, { identity: '', digest }));
    assert.not(await isStillWhole(`${path}-gone`, { identity: '', digest }));
  }));

test('The identity of a marker image changes with its base, its platforms, its content and nothing else', async () => {
  const request = {
    name: 'd',
    base: 'b',
    platforms: ['linux/amd64'],
    content: { 'linux/amd64': { marker: 'm' } },
    layout: 'l',
  };
  const identity = await markerIdentity(request, STAGES);
  assert.is(await markerIdentity({ ...request, name: 'e', layout: 'k' }, STAGES), identity);
  for (const changed of [
    { base: 'c' },
    { platforms: ['linux/arm64'] },
    { content: { 'linux/amd64': { marker: 'm', seal: 's' } } },
  ]) {
    assert.is.not(
      await markerIdentity({ ...request, ...changed }, STAGES),
      identity,
      JSON.stringify(changed),
    );
  }
});

test.run();
