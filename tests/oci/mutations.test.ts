import fc from 'fast-check';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openLayout } from '../../lib/oci/blobs.ts';
import { deepCheck } from '../../lib/oci/deepCheck.ts';
import { sha256 } from '../../lib/oci/digest.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { judge } from '../fixtures/layouts/judge.ts';
import {
  LAYER,
  layerOf,
  marker,
  markerLayout,
  layoutTar,
  type FixtureLayout,
} from '../fixtures/layouts/layout.ts';
import { anyChange, change, type Change } from '../fixtures/layouts/mutate.ts';
import { gnuLong, pax, tar } from '../fixtures/layouts/tarBytes.ts';
import { zstd } from '../fixtures/layouts/zstdBytes.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));
const SEED = 20_240_607;
const TIME_LIMIT_MS = 10_000;

/** `judge`, which must come back in time and throws what is no LayoutError. */
async function judgeInTime(path: string): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('the checker hangs'));
    }, TIME_LIMIT_MS);
  });
  return Promise.race([judge(path), late]).finally(() => {
    clearTimeout(timer);
  });
}

/** What a deep check has to say, of layers too that no marker comes from. */
async function judgeDeeply(path: string): Promise<string[]> {
  const layout = await openLayout(path).catch(() => undefined);
  return layout === undefined ? [] : (await deepCheck(layout)).problems.map(({ message }) => message);
}

/** Judges a layout that is made anew; as a tar, which is one file to write. */
function judgeFixture(layout: FixtureLayout): Promise<string[]> {
  return inTempDirectory(async (dir) => {
    await writeFile(join(dir, 'layout.tar'), layoutTar(layout));
    return judgeInTime(join(dir, 'layout.tar'));
  });
}

function check(runs: number, ...property: Parameters<typeof fc.asyncProperty<[Change[]]>>): Promise<void> {
  return fc.assert(fc.asyncProperty(...property), { seed: SEED, numRuns: runs });
}

for (const name of ['marker', 'probe']) {
  test(`never passes, deeply, what BuildKit wrote as ${name} once a blob is another`, () =>
    inTempDirectory(async (dir) => {
      const path = join(dir, 'layout');
      await cp(join(BUILDKIT, name), path, { recursive: true });
      const names = [
        'index.json',
        'oci-layout',
        ...(await readdir(join(path, 'blobs/sha256'))).map((blob) => `blobs/sha256/${blob}`),
      ];
      const property = fc.asyncProperty(fc.constantFrom(...names), anyChange, async (file, changes) => {
        const before = await readFile(join(path, file));
        const after = change(before, changes);
        await writeFile(join(path, file), after);
        const said = [...(await judgeInTime(path)), ...(await judgeDeeply(path))];
        await writeFile(join(path, file), before);
        const isHarmless = after.equals(before) || !file.startsWith('blobs/');
        assert.ok(said.length > 0 || isHarmless, `passed with ${file} changed`);
        if (said.length === 0 && file === 'index.json') assert.is(firstDigest(after), firstDigest(before));
      });
      await fc.assert(property, { seed: SEED, numRuns: 60 });
    }));
}

function firstDigest(index: Buffer): string | undefined {
  const { manifests } = JSON.parse(index.toString()) as { manifests: { digest: string }[] };
  return manifests[0]?.digest;
}

test('never passes a tar layout that BuildKit wrote with its bytes moved, unless its files are the same', () =>
  inTempDirectory(async (dir) => {
    const path = join(dir, 'layout.tar');
    const before = await readFile(join(BUILDKIT, 'probe-attested.tar'));
    await check(60, anyChange, async (changes) => {
      const after = change(before, changes);
      await writeFile(path, after);
      const said = await judgeInTime(path);
      // Everything that the verdict rests on must still be there, byte by byte.
      const digest = firstDigest(fileOf(before, 'index.json')) ?? '';
      if (said.length === 0) assert.ok(after.includes(fileOf(before, `blobs/${digest.replace(':', '/')}`)));
    });
  }));

/** The content of a file in a tar of short names. */
function fileOf(bytes: Buffer, name: string): Buffer {
  for (let at = 0; at < bytes.length; at += 512) {
    if (bytes.toString('utf8', at, at + 100).replace(/\0.*$/s, '') !== name) continue;
    return bytes.subarray(
      at + 512,
      at + 512 + Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8),
    );
  }
  throw new Error(`no ${name} in the tar`);
}

const TAR = tar(
  { name: 'etc/', type: '5' },
  pax({ path: `etc/${'x'.repeat(120)}`, mtime: '1.5' }),
  { name: 'etc/long', content: 'long name' },
  gnuLong('L', `etc/${'y'.repeat(120)}`),
  { name: 'etc/long', content: 'longer name', magic: 'gnu' },
  { name: 'etc/link', type: '1', linkname: 'etc/other' },
  marker('linux/arm64'),
  { name: 'etc/symlink', type: '2', linkname: '../platform-marker' },
);

test('passes no signed tar that does not hold the marker, and never crashes or hangs on one', () =>
  check(150, anyChange, async (changes) => {
    const bytes = change(TAR, changes, 512);
    const said = await judgeFixture(markerLayout({ layers: [layerOf(bytes)] }));
    if (said.length === 0) assert.ok(holdsMarker(bytes), 'passed without the marker');
  }));

/** Whether the last block that could be a header of the marker is followed by its text. */
function holdsMarker(bytes: Buffer): boolean {
  for (let at = bytes.length - 1024; at >= 0; at -= 512) {
    const payload = bytes.toString('latin1', at + 512, at + 524);
    if (payload === 'linux/arm64\0') return true;
  }
  return false;
}

const packings = {
  gzip: (bytes: Buffer) => gzipSync(bytes),
  zstd: (bytes: Buffer) => zstd(bytes),
} as const;

for (const way of ['gzip', 'zstd'] as const) {
  test(`passes no signed ${way} blob that unpacks to something else`, () =>
    check(80, anyChange, async (changes) => {
      const blob = change(packings[way](TAR), changes);
      const said = await judgeFixture(markerLayout({ layers: [{ tar: TAR, blob, mediaType: LAYER[way] }] }));
      if (said.length === 0 && way === 'gzip') assert.equal(gunzipSync(blob), TAR);
    }));
}

for (const kind of ['manifest', 'config'] as const) {
  test(`passes no signed ${kind} that says something else`, () =>
    check(80, anyChange, async (changes) => {
      let before = '';
      let after = '';
      const layout = markerLayout({
        [kind]: (sound: object) => {
          before = JSON.stringify(sound);
          const bytes = change(Buffer.from(before), changes);
          after = bytes.toString();
          return bytes;
        },
      });
      const said = await judgeFixture(layout);
      if (said.length === 0) assert.equal(essence(after), essence(before));
    }));
}

/** What a verdict rests on in a manifest or a config. */
function essence(text: string): unknown {
  const { layers, config, rootfs, os, architecture } = JSON.parse(text) as Record<string, unknown>;
  return { layers, config: (config as { digest?: string } | undefined)?.digest, rootfs, os, architecture };
}

test('changes bytes at all', () => {
  const [all] = fc.sample(fc.array(anyChange, { minLength: 100, maxLength: 100 }), {
    seed: SEED,
    numRuns: 1,
  });
  const changed = (all ?? []).filter((changes) => !change(TAR, changes).equals(TAR));
  assert.ok(changed.length > 80, `only ${changed.length} of 100 change anything`);
  assert.is(sha256(change(TAR, [])), sha256(TAR));
});

test.run();
