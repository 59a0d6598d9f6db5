import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeMarkers, type MarkerRequest } from '../../lib/flow/makeMarkers.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

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

test('One that fails stops none of the others, and has its log', async () => {
  const script = `has marker-b && { echo 'ERROR: no such base'; exit 1; }\n${METADATA}`;
  const { made } = await make(script, [request('a'), request('b')]);
  const [a, b] = [made.get('a'), made.get('b')];
  assert.ok(a && 'digest' in a);
  assert.ok(b && 'log' in b && b.log.includes('no such base'));
});

test.run();
