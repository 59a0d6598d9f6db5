import { relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planRun } from '../../lib/cli/runPlan.ts';
import { readVerifyOptions } from '../../lib/cli/verifyOptions.ts';
import { describePlan, watchedFiles } from '../../lib/cli/watchPlan.ts';
import { faultOf } from '../base/distro.ts';

const optionsOf = (given: Record<string, string>) =>
  readVerifyOptions({ builder: 'auto', out: 'out', ...given });

/** The names of all that is watched; a build context ends in a slash. */
async function watched(given: Record<string, string>): Promise<string[]> {
  const options = optionsOf(given);
  const readables = await watchedFiles(await planRun(options, { mayMiss: false }), options);
  const named = readables.map((one) => ('file' in one ? one.file : `${one.context}/`));
  return named.map((path) => relative(process.cwd(), path) + (path.endsWith('/') ? '/' : ''));
}

const COMMON = ['distros.yaml', 'docker-bake.hcl'];
const STAGES = ['marker', 'probe', 'control', 'canary'].map((name) => `stages/${name}.Dockerfile`);

test('of a Dockerfile its whole context is watched', async () => {
  assert.equal(await watched({ distro: 'azlinux3,azlinux4' }), [
    ...[...COMMON, ...STAGES, 'policies/azlinux3.json', 'policies/azlinux4.json'],
    ...['stages/', 'stages/'],
  ]);
});

test('what a frontend does not read is not watched, and without a policy none is', async () => {
  const given = { distro: 'azlinux3', subject: 'dalec', workerPath: 'base-context' };
  assert.equal(await watched(given), [...COMMON, ...STAGES]);
  const own = { ...given, frontend: 'bin/frontend' };
  assert.equal(await watched(own), [...COMMON, ...STAGES, 'bin/frontend'], 'though it may not be there yet');
  const layout = { ...given, frontend: 'tests/fixtures/buildkit/marker' };
  assert.equal((await watched(layout)).slice(-1), ['tests/fixtures/buildkit/marker/index.json']);
});

test('a distro that there is not is a fault at first, and later only where no other is left', async () => {
  const options = optionsOf({ distro: 'azlinux3,azlinux5' });
  assert.match((await faultOf(planRun(options, { mayMiss: false }))).message, 'no distro "azlinux5"');
  const { rows } = await planRun(options, { mayMiss: true });
  assert.equal(
    rows.map(({ name }) => name),
    ['azlinux3'],
  );
  const none = optionsOf({ distro: 'azlinux5' });
  assert.match((await faultOf(planRun(none, { mayMiss: true }))).message, 'no distro "azlinux5"');
});

test('a plan is told with its cells, by names or by how many distros there are', async () => {
  const describe = async (given: Record<string, string>) =>
    describePlan(await planRun(optionsOf(given), { mayMiss: false }), optionsOf(given));
  assert.is(await describe({ distro: 'azlinux3,azlinux4' }), 'azlinux3, azlinux4 (12 cells)');
  assert.is(await describe({ distro: 'azlinux3', platform: 'linux/arm64' }), 'azlinux3 (3 cells)');
  assert.match(await describe({ workerPath: 'source-policy' }), /^all \d+ distros \(\d+ cells\)$/);
});

test.run();
