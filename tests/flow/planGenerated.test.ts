import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planGenerated, type GeneratedPlaces } from '../../lib/flow/planGenerated.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import type { Matrix } from '../../lib/matrix/types.ts';
import { carryOut } from '../../lib/policy/plannedFile.ts';

const test = suite<{ places: GeneratedPlaces; matrix: Matrix }>();

test.before.each(async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'generated-'));
  const file = join(folder, 'distros.yaml');
  const distros = '[{ name: a, base: a, manager: apt, platforms: [linux/arm/v7] }]';
  const subjects = '[{ name: s, dockerfile: s/Dockerfile, worker-context: w }]';
  await writeFile(file, `platforms: [linux/amd64]\ndistros: ${distros}\nsubjects: ${subjects}\n`);
  const [bakeData, markers] = [join(folder, 'docker-bake.json'), join(folder, 'marker')];
  const [schemas, policies] = [join(folder, 'schemas'), join(folder, 'policies')];
  context.places = { folder, bakeData, markers, schemas, policies };
  context.matrix = await readMatrix(file);
});

test.after.each(async ({ places }) => {
  await rm(places.folder, { recursive: true });
});

test('What was carried out is unchanged when it is planned again', async ({ matrix, places }) => {
  for (const planned of await planGenerated(matrix, places)) await carryOut(planned);
  const again = await planGenerated(matrix, places);
  assert.equal(
    again.filter(({ state }) => state !== 'unchanged'),
    [],
  );
  assert.ok(again.some(({ file }) => file === join(places.markers, 'linux/arm/v7/platform-marker')));
});

test('A marker whose platform no distro has any more is removed, if it is one of ours', async ({
  matrix,
  places,
}) => {
  for (const [platform, text] of [
    ['linux/s390x', 'linux/s390x'],
    ['linux/ppc64le', 'of a person'],
    ['linux/arm/v7', 'linux/arm/v7'],
  ] as const) {
    await mkdir(join(places.markers, platform), { recursive: true });
    await writeFile(join(places.markers, platform, 'platform-marker'), text);
  }
  const removed = (await planGenerated(matrix, places)).filter(({ state }) => state === 'removed');
  assert.equal(
    removed.map(({ file, reason }) => `${relative(places.markers, file)}: ${reason ?? ''}`),
    ['linux/s390x/platform-marker: no distro is verified on linux/s390x'],
  );
});

test.run();
