import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedBase } from '../../lib/base/resolveBases.ts';
import { markDistros, SWAPPED } from '../../lib/flow/markDistros.ts';
import type { RunRequest } from '../../lib/flow/runRequest.ts';
import type { WholeMarkers } from '../../lib/flow/wholeMarkers.ts';
import { distrosOf } from '../base/distro.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

const DIGEST = `sha256:${'d'.repeat(64)}`;
const METADATA = `
while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && file=$2; shift; done
printf '{' >"$file"; comma=
for target in $ALL; do case $target in marker-*)
  printf '%s"%s":{"containerimage.digest":"${DIGEST}"}' "$comma" "$target" >>"$file"; comma=, ;;
esac; done
printf '}' >>"$file"`;
const distros = await distrosOf(
  ['a', 'b'].map((name) => `\n  - name: ${name}\n    base: acme/${name}\n    manager: apt`).join(''),
);
const base = (name: string): ResolvedBase => ({
  base: {
    kind: 'registry',
    ref: name,
    digest: `sha256:${'b'.repeat(64)}`,
    context: `docker-image://acme/${name}@sha256:${'b'.repeat(64)}`,
  },
});

/** Marks the distros a and b on a stand-in for the CLI. */
const mark = (script: string, bases: Record<string, ResolvedBase>) =>
  withFakeDocker(script, async ({ builder, folder }) => {
    let whole: WholeMarkers = {};
    const out = {
      path: folder,
      whole,
      markersAreWhole: (markers: WholeMarkers) => {
        whole = markers;
        return Promise.resolve();
      },
      release: () => Promise.resolve(),
    };
    const request = { distros, builder, out, key: Buffer.alloc(32), bakeFile: 'b.hcl', stages: 'stages' };
    const marked = await markDistros(
      request as unknown as RunRequest,
      distros,
      new Map(Object.entries(bases)),
    );
    const content = (file: string) =>
      readFile(join(folder, 'run/content', file), 'utf8').catch(() => undefined);
    return {
      ready: marked.ready.map(({ distro }) => distro.name),
      swapped: marked.swapped?.distro.name,
      failures: Object.fromEntries(marked.failures),
      whole: Object.keys(whole).map((layout) => layout.slice(folder.length + 1)),
      seals: await Promise.all(
        ['a', `control-${SWAPPED}`].map((name) => content(`${name}/linux/arm64/platform-marker.seal`)),
      ),
      markers: await Promise.all(
        ['a', `control-${SWAPPED}`].map((name) => content(`${name}/linux/arm64/platform-marker`)),
      ),
    };
  });

test('each distro has a marker image, and the first has one with its markers swapped as well', async () => {
  const { ready, swapped, failures, whole } = await mark(METADATA, { a: base('a'), b: base('b') });
  assert.equal([ready, swapped, failures], [['a', 'b'], 'a', {}]);
  assert.equal(whole, ['marker/a', 'marker/b', `marker/.${SWAPPED}`]);
});

test('markers carry the seal of their platform, and swapped ones another’s', async () => {
  const { seals, markers } = await mark(METADATA, { a: base('a'), b: base('b') });
  assert.equal(markers, ['linux/arm64', 'linux/amd64']);
  assert.match(seals[0] ?? '', /^[0-9a-f]{64}$/);
  assert.match(seals[1] ?? '', /^[0-9a-f]{64}$/);
  assert.is.not(seals[0], seals[1]);
});

test('a distro without a base fails alone, and the next one is the one that is swapped', async () => {
  const { ready, swapped, failures } = await mark(METADATA, { a: { problem: 'denied' }, b: base('b') });
  assert.equal([ready, swapped], [['b'], 'b']);
  assert.equal(failures, { a: 'the base cannot be had: denied' });
});

test('a first distro whose marker image cannot be built fails alone, and another is swapped', async () => {
  const script = `has marker-a && { echo 'ERROR: no layer' >&2; exit 1; }
has 'marker-control-${SWAPPED}' && grep -q '"base": ".*acme/a@' "$FOLDER/run/markers.json" && exit 1
${METADATA}`;
  const { ready, swapped, failures } = await mark(script, { a: base('a'), b: base('b') });
  assert.equal(ready, ['b']);
  assert.match(failures['a'] ?? '', 'no layer');
  assert.is(swapped, 'b');
});

test('what was not built whole is not called whole', async () => {
  const script = `has marker-b && exit 1\n${METADATA}`;
  assert.equal((await mark(script, { a: base('a'), b: base('b') })).whole, [
    'marker/a',
    `marker/.${SWAPPED}`,
  ]);
});

test.run();
