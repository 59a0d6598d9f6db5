import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeMarkers, type MarkerRequest } from '../../lib/flow/makeMarkers.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { listImages } from '../../lib/oci/images.ts';
import { writeBase } from '../base/distro.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

const STAGES = fileURLToPath(new URL('../../stages', import.meta.url));
const DIGEST = `sha256:${'d'.repeat(64)}`;
/** Writes the metadata that bake would, for every target that it is called with. */
const METADATA = `
while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && file=$2; shift; done
printf '{' >"$file"; comma=
for target in $ALL; do case $target in marker-*)
  printf '%s"%s":{"containerimage.digest":"${DIGEST}"}' "$comma" "$target" >>"$file"; comma=, ;;
esac; done
printf '}' >>"$file"`;

const request = (name: string): MarkerRequest => ({
  name,
  base: 'docker-image://base',
  platforms: ['linux/amd64'],
  content: { 'linux/amd64': { marker: 'linux/amd64' } },
  layout: `/nowhere/${name}`,
});

const make = (script: string, requests: MarkerRequest[]) =>
  withFakeDocker(script, async ({ builder, folder, calls }) => ({
    made: await makeMarkers(requests, {
      builder,
      bakeFile: 'docker-bake.hcl',
      stages: 'stages',
      run: folder,
    }),
    calls: await calls(),
  }));

test('All marker images are made in one call, and known by their digests', async () => {
  const { made, calls } = await make(METADATA, [request('a'), request('b')]);
  assert.is(calls.length, 1);
  const a = made.get('a');
  assert.ok(a && 'digest' in a && a.digest === DIGEST);
});

test('Very many are made in several calls, for bake takes the square of their number', async () => {
  const names = Array.from({ length: 130 }, (_, at) => `m${at}`);
  const { made, calls } = await make(METADATA, names.map(request));
  assert.is(calls.length, 3);
  assert.equal([...made.keys()], names);
});

test('One that fails stops none of the others, and has its log', async () => {
  const script = `has marker-b && { echo 'ERROR: no such base'; exit 1; }\n${METADATA}`;
  const { made } = await make(script, [request('a'), request('b')]);
  const [a, b] = [made.get('a'), made.get('b')];
  assert.ok(a && 'digest' in a);
  assert.ok(b && 'log' in b && b.log.includes('no such base'));
});

test('A cache that the builder has lost a part of is built without, once, for marker images too', async () => {
  const lost =
    'ERROR: failed to commit x to y during finalize: failed to stat active key during commit: snapshot x does not exist: not found';
  const script = `has --no-cache || { echo '${lost}'; exit 1; }\n${METADATA}`;
  const { made, calls } = await make(script, [request('a'), request('b')]);
  assert.ok([...made.values()].every((marker) => 'digest' in marker));
  assert.is(calls.length, 2);
});

/** Leaves a layout of one image where bake would for each target, `marker-a-linux-amd64`. */
const PARTS = `${METADATA}
for target in $ALL; do case $target in marker-a-*)
  cp -r "$FOLDER/images/\${target#marker-a-}" "$FOLDER/marker-parts/\${target#marker-}" ;;
esac; done`;

test('On a builder of several machines each platform is a target, and the layouts are joined to one', () =>
  withFakeDocker(
    PARTS,
    async ({ builder, folder, calls }) => {
      await mkdir(join(folder, 'marker-parts'), { recursive: true });
      const platforms = ['linux/amd64', 'linux/arm64'];
      for (const platform of platforms)
        await writeBase(join(folder, 'images', platform.replaceAll('/', '-')), [platform]);
      const content = Object.fromEntries(platforms.map((marker) => [marker, { marker }]));
      const layout = join(folder, 'out/a');
      const files = { bakeFile: 'docker-bake.hcl', stages: STAGES, run: folder };
      const asked = [{ ...request('a'), platforms, content, layout }];
      const made = (await makeMarkers(asked, { builder, ...files })).get('a');
      assert.match((await calls()).join(), /marker-a-linux-amd64 marker-a-linux-arm64/);
      const joined = await openLayout(layout);
      const { images } = await listImages(joined);
      await joined.close();
      assert.equal(
        images.map(({ platform }) => platform),
        platforms,
      );
      assert.ok(made && 'digest' in made && made.digest === joined.index.manifests[0]?.digest);
      assert.equal(await readdir(join(folder, 'marker-parts')), []);
    },
    { nodes: [] },
  ));

test.run();
