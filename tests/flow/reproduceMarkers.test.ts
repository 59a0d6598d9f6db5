import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reproduceMarkers } from '../../lib/flow/reproduceMarkers.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
/** Writes the metadata that bake would; `$DIGEST` is the digest of all that is built. */
const METADATA = `
while [ $# -gt 0 ]; do [ "$1" = --metadata-file ] && file=$2; shift; done
printf '{' >"$file"; comma=
for target in $ALL; do case $target in marker-*)
  printf '%s"%s":{"containerimage.digest":"%s"}' "$comma" "$target" "$DIGEST" >>"$file"; comma=, ;;
esac; done
printf '}' >>"$file"`;

/** Builds a marker image twice, from the cache and without; `script` says what is built. */
const reproduce = (script: string) =>
  withFakeDocker(`${script}\n${METADATA}`, async ({ builder, folder }) => {
    const content = { 'linux/amd64': { marker: 'linux/amd64' } };
    const base = 'docker-image://base';
    const times = [
      { name: 'cached', builder, noCache: false },
      { name: 'no cache', builder, noCache: true },
    ];
    const [one] = await reproduceMarkers(
      [{ name: 'a', base, platforms: ['linux/amd64'], content, layout: '' }],
      times,
      {
        bakeFile: 'docker-bake.hcl',
        stages: 'stages',
        run: folder,
        out: `${folder}/again`,
        say: () => undefined,
      },
    );
    assert.ok(one);
    return one;
  });

test('A marker image that is the same each time is reproduced', async () => {
  const one = await reproduce(`DIGEST=${digest('a')}`);
  assert.is(one.isSame, true);
  assert.equal(Object.keys(one.digests), ['cached', 'no cache']);
});

test('One that is another without the cache is not, and both digests are there to see', async () => {
  const one = await reproduce(`DIGEST=${digest('a')}; has --no-cache && DIGEST=${digest('b')}`);
  assert.is(one.isSame, false);
  const found = Object.values(one.digests).map((made) => ('digest' in made ? made.digest : ''));
  assert.equal(found, [digest('a'), digest('b')]);
});

test('One that fails once is not, and its log is there to see', async () => {
  const one = await reproduce(
    `DIGEST=${digest('a')}; has --no-cache && { echo "ERROR: no room" >&2; exit 1; }`,
  );
  assert.is(one.isSame, false);
  const made = one.digests['no cache'];
  assert.ok(made && 'log' in made && made.log.includes('no room'));
});

test.run();
