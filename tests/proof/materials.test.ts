import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holdsMarker, materialsOf } from '../../lib/proof/materials.ts';
import type { Material } from '../../lib/proof/materials.ts';
import { readMetadata } from '../../lib/proof/provenance.ts';
import type { RawMaterial } from '../../lib/proof/provenance.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/buildkit/metadata.json', import.meta.url));
const HEX = 'f80584115dc9d19dc2bf0883f3d0baefb949552df72fae8130115dfed8ef8260';
const DIGEST = `sha256:${HEX}`;

function readOne(uri: string, digest: RawMaterial['digest'] = { sha256: HEX }): Material | undefined {
  return materialsOf({ materials: [{ uri, digest }], steps: [], builderPlatform: undefined })[0];
}

const { targets } = readMetadata(readFileSync(FIXTURE, 'utf8'), FIXTURE, () => []);
for (const target of ['worker-policy', 'worker-context', 'base-context']) {
  for (const [platform, other] of [
    ['linux/amd64', 'linux/arm64'],
    ['linux/arm64', 'linux/amd64'],
  ] as const) {
    test(`${target} at ${platform} holds the marker of that platform only`, () => {
      const provenance = targets.get(target)?.get(platform);
      assert.ok(provenance);
      const materials = materialsOf(provenance);
      assert.ok(holdsMarker(materials, DIGEST, platform));
      assert.not(holdsMarker(materials, DIGEST, other));
      assert.not(holdsMarker(materials, DIGEST.replace('f', 'e'), platform));
    });
  }
}

const cases: [title: string, uri: string, digest: RawMaterial['digest'], expected: Material][] = [
  [
    'an image by tag',
    'pkg:docker/127.0.0.1:5480/marker/azlinux3@latest?platform=linux%2Farm64',
    { sha256: HEX },
    {
      kind: 'image',
      name: '127.0.0.1:5480/marker/azlinux3',
      tag: 'latest',
      digest: DIGEST,
      platform: 'linux/arm64',
    },
  ],
  [
    'an image by digest, in a name that is escaped',
    `pkg:docker/localhost%3A5000/a?digest=sha256:${HEX}&platform=linux%2Farm%2Fv7`,
    {},
    { kind: 'image', name: 'localhost:5000/a', digest: DIGEST, platform: 'linux/arm/v7' },
  ],
  [
    'a named context',
    `pkg:oci/worker?digest=sha256:${HEX}&platform=linux%2Famd64`,
    { sha256: HEX },
    { kind: 'oci-layout', name: 'worker', digest: DIGEST, platform: 'linux/amd64' },
  ],
  [
    'a named context called like an image',
    `pkg:oci/mcr.microsoft.com/azurelinux/base/core@3.0?digest=sha256:${HEX}&platform=linux%2Famd64`,
    { sha256: HEX },
    {
      kind: 'oci-layout',
      name: 'mcr.microsoft.com/azurelinux/base/core',
      tag: '3.0',
      digest: DIGEST,
      platform: 'linux/amd64',
    },
  ],
  [
    'an image without a platform',
    'pkg:docker/debian@bookworm',
    {},
    { kind: 'image', name: 'debian', tag: 'bookworm' },
  ],
  [
    'a blob in a registry',
    'pkg:docker/a@latest?ref_type=blob&platform=linux%2Famd64',
    { sha256: HEX },
    { kind: 'other', name: 'pkg:docker/a@latest?ref_type=blob&platform=linux%2Famd64', digest: DIGEST },
  ],
  ['a broken escape', 'pkg:docker/a%zz', {}, { kind: 'other', name: 'pkg:docker/a%zz' }],
  ['another package type', 'pkg:npm/left-pad@1', {}, { kind: 'other', name: 'pkg:npm/left-pad@1' }],
  [
    'a git repository over https',
    'https://github.com/moby/buildkit.git#v0.25.0',
    { sha1: 'a'.repeat(40) },
    { kind: 'git', name: 'https://github.com/moby/buildkit.git#v0.25.0', digest: `sha1:${'a'.repeat(40)}` },
  ],
  [
    'a git repository over ssh',
    'git@github.com:moby/buildkit.git',
    { sha256: HEX },
    { kind: 'git', name: 'git@github.com:moby/buildkit.git', digest: DIGEST },
  ],
  [
    'a download',
    'https://example.com/a@b.tar',
    { sha256: HEX },
    { kind: 'http', name: 'https://example.com/a@b.tar', digest: DIGEST },
  ],
  ['nothing known', 'x:y', {}, { kind: 'other', name: 'x:y' }],
];
for (const [title, uri, digest, expected] of cases) {
  test(`${title} is read`, () => {
    assert.equal(readOne(uri, digest), expected);
  });
}

test('an image without a platform holds no marker', () => {
  const material = readOne('pkg:docker/a@latest');
  assert.ok(material);
  assert.not(holdsMarker([material], DIGEST, 'linux/amd64'));
  assert.not(holdsMarker([material], DIGEST, 'nonsense'));
});

test('a download with the marker’s digest is not the marker', () => {
  const material: Material = { kind: 'http', name: 'x', digest: DIGEST, platform: 'linux/arm64' };
  assert.not(holdsMarker([material], DIGEST, 'linux/arm64'));
});

test('a platform may be asked for in another form', () => {
  const material = readOne('pkg:docker/a@latest?platform=linux%2Farm64');
  assert.ok(material);
  assert.ok(holdsMarker([material], DIGEST, 'linux/aarch64'));
});

test.run();
