import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBake } from '../../lib/bake/runBake.ts';
import { CommandError } from '../../lib/engine/commandError.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';

const call = { files: ['docker-bake.hcl', 'data.json'], targets: ['probe-a', 'probe-b'] };

/** Runs something while the person's own environment has these variables. */
async function withEnvironment(variables: Record<string, string>, run: () => Promise<void>): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

test('files, metadata, overrides and targets are arguments, in that order', () =>
  withFakeDocker('', async ({ builder, calls }) => {
    await runBake(builder, { ...call, metadataFile: 'm.json', set: ['a.platform=linux/arm64'] });
    const [args = ''] = await calls();
    assert.match(args, /^buildx bake --progress=rawjson /);
    assert.match(
      args,
      / --file docker-bake\.hcl --file data\.json --metadata-file m\.json --set a\.platform=linux\/arm64 probe-a probe-b$/,
    );
  }));

test('it asks for provenance in full, and for no attestations in what is exported', () =>
  withFakeDocker('env >"$FOLDER/env"', async ({ builder, folder }) => {
    await runBake(builder, { ...call, policyFile: 'policies/d.json' });
    const env = (await readFile(join(folder, 'env'), 'utf8')).split('\n');
    assert.ok(env.includes('BUILDX_METADATA_PROVENANCE=max'));
    assert.ok(env.includes('BUILDX_NO_DEFAULT_ATTESTATIONS=1'));
    assert.ok(env.includes('EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=policies/d.json'));
  }));

test('a source policy, or data of bake’s, that the person’s environment names does not reach the build', () =>
  withEnvironment(
    { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: 'theirs.json', DISTROS: 'debian', WORKERS: 'x', STAGES: 'y' },
    () =>
      withFakeDocker('env >"$FOLDER/env"', async ({ builder, folder }) => {
        await runBake(builder, call);
        const env = await readFile(join(folder, 'env'), 'utf8');
        assert.not.match(env, /^(EXPERIMENTAL_BUILDKIT_SOURCE_POLICY|DISTROS|WORKERS|STAGES)=/m);
      }),
  ));

test('the builder’s own variables are in the environment', () =>
  withFakeDocker(
    'echo "$DOCKER_HOST"',
    async ({ builder }) => {
      assert.match(await runBake(builder, call), 'unix:///here');
    },
    { env: { DOCKER_HOST: 'unix:///here' } },
  ));

test('a target that fails is an error with everything that was printed', () =>
  withFakeDocker('echo "#5 step" >&2; echo "ERROR: target probe-a" >&2; exit 1', async ({ builder }) => {
    const error = await runBake(builder, call).catch((thrown: unknown) => thrown);
    assert.instance(error, CommandError);
    assert.is((error as CommandError).output, '#5 step\nERROR: target probe-a');
  }));

test.run();
