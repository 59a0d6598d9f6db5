import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ownerOf, readStepName } from '../../lib/progress/stepName.ts';
import { statuses } from './captured.ts';

const DISTROS = ['azlinux3', 'debian-bookworm', 'bookworm'];

for (const [target, owner] of [
  ['marker-azlinux3', 'azlinux3'],
  ['worker-context-debian-bookworm', 'debian-bookworm'],
  ['probe-base-context-bookworm', 'bookworm'],
  ['probe-source-policy-debian-bookworm', 'debian-bookworm'],
  ['control-pinned-platform-base-context', 'controls'],
  ['probe-control-swapped-markers-source-policy', 'controls'],
  ['marker-control-swapped-markers', 'controls'],
  ['probe-base-context-fedora', undefined],
  ['internal', undefined],
] as const)
  test(`${target} belongs to ${owner ?? 'nobody'}`, () => {
    assert.is(ownerOf(target, DISTROS), owner);
  });

const HELLO =
  'RUN --mount=type=bind,from=root,target=/rootfs,rw     --network=none     sh /install/apt.sh /rootfs';
for (const [name, first, doing] of [
  [
    `[base-context-bookworm linux/amd64->arm64 install-apt 1/1] ${HELLO}`,
    'base-context-bookworm',
    'building linux/amd64->arm64 RUN sh /install/apt.sh /rootfs',
  ],
  [
    '[probe-x linux/arm/v7 stage-1 2/3] COPY --from=worker /a /b/',
    'probe-x',
    'building linux/arm/v7 COPY /a /b/',
  ],
  ['[probe-x 1/1] COPY data.json /', 'probe-x', 'building COPY data.json /'],
  [
    '[a internal] load metadata for docker.io/library/debian:bookworm',
    'a',
    'resolving docker.io/library/debian:bookworm',
  ],
  [
    `[a linux/arm64 1/2] FROM docker.io/library/debian:bookworm@sha256:${'0'.repeat(64)}`,
    'a',
    'pulling docker.io/library/debian:bookworm',
  ],
  ['[a context debian:bookworm] OCI load from client', 'a', 'reading debian:bookworm'],
  [
    `[a context worker] load metadata for docker.io/library/worker@sha256:${'0'.repeat(64)}`,
    'a',
    'reading worker',
  ],
  [
    `[a context base] docker.io/library/debian:plain@sha256:${'0'.repeat(64)}`,
    'a',
    'pulling docker.io/library/debian:plain',
  ],
  ['[a] exporting to oci image format', 'a', 'exporting'],
  [
    '[internal] load build definition from Dockerfile',
    'internal',
    'reading build definition from Dockerfile',
  ],
  ['Prepare to build\nthe worker', '', 'Prepare to build the worker'],
  ['[a] resolving provenance for metadata file', 'a', 'resolving provenance for metadata file'],
  ['', '', ''],
] as const)
  test(`${JSON.stringify(name)} reads as ${doing}`, () => {
    const read = readStepName(name);
    assert.is(read.words[0] ?? '', first);
    assert.is(read.doing, doing);
  });

test('every step of a real bake of several targets belongs to one of them, but for bake’s own', async () => {
  const names = (await statuses('probes')).flatMap(({ vertexes }) => vertexes.map(({ name = '' }) => name));
  const without = new Set(
    names.filter((name) => ownerOf(readStepName(name).words[0] ?? '', DISTROS) === undefined),
  );
  assert.equal([...without], ['[internal] load local bake definitions']);
});

test.run();
