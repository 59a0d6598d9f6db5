import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openLayout } from '../../lib/oci/blobs.ts';
import { findFile } from '../../lib/oci/findFile.ts';
import { listImages } from '../../lib/oci/images.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { addImage, createLayout, layer, nested, writeDirectory } from '../fixtures/layouts/layout.ts';
import { LOOKUPS, type Lookup } from '../fixtures/layouts/lookups.ts';
import { buildGo, testWithGo } from './go.ts';

const BUILDKIT = fileURLToPath(new URL('../fixtures/buildkit', import.meta.url));
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** Builds regctl as its go.mod pins it. */
function buildRegctl(): Promise<string> {
  const module = fileURLToPath(new URL('regctl', import.meta.url));
  return buildGo({ module, package: 'github.com/regclient/regclient/cmd/regctl' });
}

/** The file as regctl reads it, undefined where it finds none. It follows no links. */
async function readWithRegctl(
  regctl: string,
  layout: string,
  path: string,
  platform: string,
): Promise<Buffer | undefined> {
  const args = ['image', 'get-file', '--platform', platform, `ocidir://${layout}:latest`, path];
  const { stdout, stderr, failed } = await execa(regctl, args, { encoding: 'buffer', reject: false });
  if (!failed) return Buffer.from(stdout);
  assert.match(Buffer.from(stderr).toString(), /not found|deleted/i);
  return undefined;
}

async function readWithOurs(path: string, file: string, platform: string): Promise<Buffer | undefined> {
  const layout = await openLayout(path);
  try {
    const image = (await listImages(layout)).images.find((one) => one.platform === platform);
    if (image === undefined) throw new Error(`no image for ${platform}`);
    return (await findFile(layout, image, file))?.content;
  } finally {
    await layout.close();
  }
}

for (const name of ['marker', 'probe']) {
  await testWithGo(`reads the same markers as regctl from what BuildKit wrote as ${name}`, () =>
    inTempDirectory(async (dir) => {
      const regctl = await buildRegctl();
      await cp(join(BUILDKIT, name), dir, { recursive: true });
      for (const platform of PLATFORMS) {
        const ours = await readWithOurs(dir, '/platform-marker', platform);
        assert.is(ours?.toString(), platform);
        assert.equal(await readWithRegctl(regctl, dir, '/platform-marker', platform), ours);
      }
    }),
  );
}

/** What regctl does not look at, where a container would: it stops at the first of two names, and at whiteouts alone. */
const KNOWN_DIFFERENCES = [
  'the last of a name that comes twice in a layer: last / first',
  'nothing below a directory that a file has replaced: - / a/x',
  'nothing from below a file that a directory has replaced: - / a/x',
];

/** It follows no link either. */
function isWithoutLinks({ layers }: Lookup): boolean {
  return layers.flat().every((file) => Buffer.isBuffer(file) || (file.type !== '1' && file.type !== '2'));
}

await testWithGo('reads the same bytes as regctl from every sound layout without links', () =>
  inTempDirectory(async (dir) => {
    const regctl = await buildRegctl();
    const lookups = LOOKUPS.filter(isWithoutLinks);
    const differences: string[] = [];
    for (const [i, { what, layers, path }] of lookups.entries()) {
      const fixture = createLayout();
      nested(fixture, [
        addImage(fixture, { platform: 'linux/amd64', layers: layers.map((files) => layer(...files)) }),
      ]);
      const root = join(dir, String(i));
      await writeDirectory(fixture, root);
      const ours = await readWithOurs(root, path, 'linux/amd64');
      const theirs = await readWithRegctl(regctl, root, path, 'linux/amd64');
      if (ours?.toString() !== theirs?.toString())
        differences.push(`${what}: ${ours?.toString() ?? '-'} / ${theirs?.toString() ?? '-'}`);
    }
    assert.equal(differences, KNOWN_DIFFERENCES);
    assert.ok(lookups.length > 20);
  }),
);

test.run();
