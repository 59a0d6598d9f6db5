import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pack } from 'tar-stream';
import { checkRun, sealsOf, type CheckedCell } from '../../lib/flow/checkRun.ts';
import type { BuiltCell, RunRecord } from '../../lib/flow/runRecord.ts';
import { writeLayout } from '../../lib/oci/writeLayout.ts';
import { canaryElf } from '../../lib/proof/canaryElf.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { KEY, builtCell, MARKER_DIGEST, runRecord } from './record.ts';

const check = async (...args: Parameters<typeof runRecord>) => (await checkRun(runRecord(...args), KEY))[0];

test('A probe that BuildKit wrote is read with its marker, its materials and its ops', async () => {
  const checked = await check([builtCell('linux/arm64')]);
  assert.is(checked?.marker, 'linux/arm64');
  assert.is(checked?.materials[0]?.platform, 'linux/arm64');
  assert.equal(checked?.execOps, []);
});

test('A marker without this clone’s seal is not used, whatever it says', async () => {
  const checked = await check([builtCell('linux/arm64')]);
  assert.is(checked?.verdict, 'marker-not-used');
  assert.match(checked?.detail ?? '', /no seal/);
});

test('A probe with other platforms than asked for is not sound', async () => {
  const checked = await check([builtCell('linux/arm64', { platforms: ['linux/arm64'] })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.match(checked?.detail ?? '', /holds linux\/amd64, linux\/arm64, asked for linux\/arm64/);
});

test('A layout that is not there is not sound, and no crash', async () => {
  const checked = await check([builtCell('linux/arm64', { layout: '/nowhere/at/all' })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.match(checked?.detail ?? '', /nowhere/);
});

test('A cell whose build failed is judged by its log, which comes out without credentials', async () => {
  const log = 'fetching https://me:secret@example.test/x\nERROR: no\n';
  const checked = await check([builtCell('linux/arm64', { outcome: { ok: false, log, timedOut: false } })]);
  assert.is(checked?.verdict, 'build-failed');
  assert.not(checked?.log?.includes('secret'));
});

for (const hides of [
  'password: exec format error',
  "TOKEN='$(get-token): exec format error",
  'ENV SECRET_X exec /bin/sh: exec format error',
]) {
  test(`What is hidden from a reader changes no verdict: ${hides}`, async () => {
    const log = `#8 [linux/arm64 2/3] RUN x\n#8 0.091 ${hides}\nERROR: failed to solve: exit code: 1\n`;
    const checked = await check([builtCell('linux/arm64', { outcome: { ok: false, log, timedOut: false } })]);
    assert.is(checked?.verdict, 'needs-emulation', checked?.detail);
  });
}

test('A detail that quotes the log has no credentials either', async () => {
  const log = '#8 [linux/arm64 2/3] RUN x\nERROR: fetching https://me:secret@example.test/x: 403\n';
  const checked = await check([builtCell('linux/arm64', { outcome: { ok: false, log, timedOut: false } })]);
  assert.match(checked?.detail ?? '', 'https://xxxxx@example.test/x');
});

test('Metadata that is not there leaves a cell without provenance', async () => {
  const checked = await check([builtCell('linux/arm64', { metadata: '/nowhere.json' })]);
  assert.equal(checked?.materials, []);
  assert.is.not(checked?.verdict, 'pass');
});

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const SEALS = sealsOf(KEY, 'azlinux3', `sha256:${'1'.repeat(64)}`, PLATFORMS);
const sealed = (platform: string): Record<string, string | Buffer> => ({
  'platform-marker': platform,
  'platform-marker.seal': SEALS[platform] ?? '',
});

/** Checks a cell of linux/arm64 whose probe holds these files; by default what the marker image of each platform holds. */
const checkProbe = (
  filesOf: (platform: string) => Record<string, string | Buffer> = sealed,
  change: { cell?: Partial<BuiltCell>; record?: Partial<RunRecord> } = {},
): Promise<CheckedCell | undefined> =>
  inTempDirectory(async (dir) => {
    const layout = `${dir}/probe`;
    const images = PLATFORMS.map((platform) => {
      const layer = pack();
      for (const [name, content] of Object.entries(filesOf(platform))) layer.entry({ name }, content);
      layer.finalize();
      return { platform, layers: [{ tar: layer as AsyncIterable<Uint8Array> }] };
    });
    await writeLayout(layout, { images });
    return check([builtCell('linux/arm64', { layout, ...change.cell })], change.record);
  });

test('A probe that holds marker and seal of its platform, with the marker image among the sources, passes', async () => {
  const checked = await checkProbe();
  assert.equal([checked?.verdict, checked?.detail], ['pass', '']);
  assert.equal([checked?.marker, checked?.markerDigest], ['linux/arm64', MARKER_DIGEST]);
});

test('The other platform’s marker and seal are of the wrong platform', async () => {
  const other = (platform: string) => sealed(PLATFORMS.find((one) => one !== platform) ?? '');
  assert.is((await checkProbe(other))?.verdict, 'wrong-platform');
});

test('A seal of another key, distro or base is not this marker image’s', async () => {
  const base = `sha256:${'1'.repeat(64)}`;
  for (const seals of [
    sealsOf(Buffer.alloc(32, 8), 'azlinux3', base, PLATFORMS),
    sealsOf(KEY, 'azlinux4', base, PLATFORMS),
    sealsOf(KEY, 'azlinux3', base.replace('1', '2'), PLATFORMS),
  ]) {
    const files = (platform: string) => ({
      ...sealed(platform),
      'platform-marker.seal': seals[platform] ?? '',
    });
    assert.is((await checkProbe(files))?.verdict, 'marker-not-used');
  }
});

test('A marker image that is not among the sources at that platform was not used, whatever came out', async () => {
  const digest = MARKER_DIGEST.replace('f', 'e');
  const markers = { azlinux3: { layout: '', digest, platforms: PLATFORMS, identity: '' } };
  assert.is((await checkProbe(sealed, { record: { markers } }))?.verdict, 'marker-not-used');
});

test('A right marker without provenance, or with an emulator in reach, is not proven', async () => {
  assert.is((await checkProbe(sealed, { cell: { metadata: '/nowhere.json' } }))?.verdict, 'unproven');
  assert.is((await checkProbe(sealed, { cell: { target: 'another' } }))?.verdict, 'unproven');
  const canaries = runRecord([]).canaries.map((canary) => ({ ...canary, outcome: 'ran' as const }));
  assert.is((await checkProbe(sealed, { record: { canaries } }))?.verdict, 'unproven');
  assert.is((await checkProbe(sealed, { record: { canaries, allowEmulator: true } }))?.verdict, 'pass');
});

test('A distro without a base or a marker image proves nothing', async () => {
  const bases = { azlinux3: { ref: 'r', problem: 'denied' } };
  assert.is((await checkProbe(sealed, { record: { bases } }))?.verdict, 'marker-not-used');
  assert.is((await checkProbe(sealed, { record: { markers: {} } }))?.verdict, 'marker-not-used');
});

test('A program that was to be installed has to be there, of the platform asked for', async () => {
  const withProgram = (content: Buffer) => (platform: string) => ({
    ...sealed(platform),
    'program/hello': content,
  });
  const cell = { program: '/usr/bin/hello' };
  const right = await checkProbe(withProgram(canaryElf('linux/arm64')), { cell });
  assert.is(right?.verdict, 'pass');
  assert.equal([right?.program?.path, right?.program?.machine], ['/usr/bin/hello', 183]);
  const other = await checkProbe(withProgram(canaryElf('linux/amd64')), { cell });
  assert.equal(
    [other?.verdict, other?.detail],
    ['wrong-platform', '/usr/bin/hello is amd64, expected arm64'],
  );
  const script = await checkProbe(withProgram(Buffer.from('#!/bin/sh')), { cell });
  assert.is(script?.verdict, 'wrong-platform');
  assert.match((await checkProbe(sealed, { cell }))?.detail ?? '', '/usr/bin/hello is not there');
});

test('A control with a marker image of its own is held against that one', async () => {
  const markers = {
    ...runRecord([]).markers,
    'swapped-markers/azlinux3': {
      layout: '',
      digest: `sha256:${'0'.repeat(64)}`,
      platforms: PLATFORMS,
      identity: '',
    },
  };
  const cell = { control: 'swapped-markers' };
  const checked = await checkProbe(sealed, { cell, record: { markers } });
  assert.is(checked?.markerDigest, `sha256:${'0'.repeat(64)}`);
  const plain = await checkProbe(sealed, { cell: { control: 'pinned-platform' }, record: { markers } });
  assert.is(plain?.markerDigest, MARKER_DIGEST);
});

test('What a worker says that it installed is kept as it wrote it', async () => {
  const files = (platform: string) => ({
    ...sealed(platform),
    'platform-marker.installed': '{"package":"x"}',
  });
  assert.is((await checkProbe(files))?.installed, '{"package":"x"}');
});

test('A marker that is a link out of the image, or no file at all, is no marker', async () => {
  const checked = await inTempDirectory(async (dir) => {
    const images = PLATFORMS.map((platform) => {
      const layer = pack();
      layer.entry({ name: 'platform-marker', type: 'symlink', linkname: '/etc/hostname' });
      layer.entry({ name: 'platform-marker.seal' }, SEALS[platform] ?? '');
      layer.finalize();
      return { platform, layers: [{ tar: layer as AsyncIterable<Uint8Array> }] };
    });
    await writeLayout(`${dir}/probe`, { images });
    return check([builtCell('linux/arm64', { layout: `${dir}/probe` })]);
  });
  assert.is(checked?.verdict, 'marker-missing');
});

test.run();
