import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeStandIn } from '../../lib/base/standIn.ts';
import { formatBakeData, type BakeDistro } from '../../lib/bake/bakeData.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { useOwnBuilder } from '../../lib/engine/ownBuilder.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { findFile, type FoundFile } from '../../lib/oci/findFile.ts';
import { listImages } from '../../lib/oci/images.ts';
import type { Descriptor } from '../../lib/oci/types.ts';
import { CLONE } from './verbs.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const DISTROS = ['one', 'two'];

let builder: Builder;
let folder = '';
/** The layouts of the bases, by distro. */
const bases = new Map<string, string>();

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  builder = await useOwnBuilder({ say: () => undefined });
  for (const distro of DISTROS) {
    const osRelease = { ID: distro, VERSION_ID: '1', PRETTY_NAME: `Markers ${distro}` };
    bases.set(distro, await makeStandIn(`markers-${distro}`, osRelease, PLATFORMS));
  }
});

test.after(async () => {
  await builder.stop();
  await rm(folder, { recursive: true, force: true });
});

test('docker buildx bake marker makes a layout of each distro, whose marker is the platform and nothing else', async () => {
  const out = await bake('all', 'marker');
  for (const distro of DISTROS) {
    const images = await imagesOf(join(out, distro));
    assert.equal([...images.keys()].sort(), PLATFORMS);
    for (const [platform, { marker, seal }] of images) {
      assert.is(marker?.type, 'file');
      assert.is(marker?.content.toString('latin1'), platform);
      assert.is(marker?.mode, 0o644);
      assert.equal([marker?.uid, marker?.gid], [0, 0]);
      assert.is(seal, undefined, 'what is made by hand is not sealed');
    }
  }
});

test('A marker image has the layers of its base, byte for byte, and one more', async () => {
  const out = await bake('layers', 'marker-one');
  const base = await imagesOf(bases.get('one') ?? '');
  for (const [platform, { layers, marker }] of await imagesOf(join(out, 'one'))) {
    const below = base.get(platform)?.layers ?? [];
    assert.ok(below.length > 0);
    const digests = layers.map(({ digest }) => digest);
    assert.equal(
      digests.slice(0, -1),
      below.map(({ digest }) => digest),
    );
    assert.is(digests.at(-1), marker?.layer.digest);
  }
});

test('The same input, built twice without the cache, gives the same index digest', async () => {
  const first = await bake('first', 'marker-one', '--no-cache');
  const second = await bake('second', 'marker-one', '--no-cache');
  const digests = [await indexDigests(join(first, 'one')), await indexDigests(join(second, 'one'))];
  assert.match(digests[0]?.[0] ?? '', /^sha256:/);
  assert.equal(digests[0], digests[1]);
});

test('The target of one distro builds that one alone', async () => {
  const out = await bake('single', 'marker-two');
  assert.equal([...(await imagesOf(join(out, 'two'))).keys()].sort(), PLATFORMS);
  assert.equal(await readdir(out), ['two']);
});

test('Neither a marker nor a probe runs a program: their Dockerfiles have no RUN', async () => {
  for (const name of ['marker', 'probe']) {
    const text = await readFile(join(CLONE, `stages/${name}.Dockerfile`), 'utf8');
    assert.match(text, /^COPY /m);
    assert.not.match(text, /^\s*RUN\b/im);
  }
});

/** `docker buildx bake <target>` as by hand, into a folder of its own, which it returns. */
async function bake(name: string, target: string, ...flags: string[]): Promise<string> {
  const out = join(folder, name);
  const distros = DISTROS.map((distro): BakeDistro => ({
    name: distro,
    platforms: PLATFORMS,
    contexts: {
      base: `oci-layout://${bases.get(distro) ?? ''}:latest`,
      marker: join(CLONE, 'stages/marker'),
    },
    out: join(out, distro),
  }));
  const data = join(folder, `${name}.json`);
  await writeFile(data, formatBakeData({ stages: join(CLONE, 'stages'), distros, workers: [] }));
  const files = ['--file', join(CLONE, 'docker-bake.hcl'), '--file', data];
  await runCommand(builder.docker, ['buildx', 'bake', '--allow=fs=*', ...files, ...flags, target], {
    env: builder.env,
  });
  return out;
}

/** What the tests look at in each image of a layout, by platform. */
async function imagesOf(path: string) {
  const layout = await openLayout(path);
  try {
    const { images, attestations } = await listImages(layout);
    assert.equal(attestations, []);
    const found = new Map<
      string,
      { layers: Descriptor[]; marker: FoundFile | undefined; seal: FoundFile | undefined }
    >();
    for (const image of images) {
      const [marker, seal] = await Promise.all([
        findFile(layout, image, '/platform-marker'),
        findFile(layout, image, '/platform-marker.seal'),
      ]);
      found.set(image.platform, { layers: image.manifest.layers, marker, seal });
    }
    return found;
  } finally {
    await layout.close();
  }
}

async function indexDigests(path: string): Promise<string[]> {
  const layout = await openLayout(path);
  await layout.close();
  return layout.index.manifests.map(({ digest }) => digest);
}

test.run();
