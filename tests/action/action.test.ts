import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { formatShard, parseShard } from '../../lib/matrix/shard.ts';
import { program } from '../../scripts/verify.ts';
import { CLONE, runProgram, withFolder } from '../e2e/verbs.ts';

interface Step {
  name: string;
  id?: string;
  uses?: string;
  run?: string;
  shell?: string;
  env?: Record<string, string>;
}

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

const text = await readFile(join(CLONE, 'action.yml'), 'utf8');
const { inputs, outputs, runs } = parse(text) as Action;
const examples = (await readdir(join(CLONE, 'examples'))).map((name) => join(CLONE, 'examples', name));
const stepCalled = (name: string): Step => {
  const step = runs.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the action has no step "${name}"`);
  return step;
};

test('every action that is used is pinned by the digest of a commit, with the version that it is', async () => {
  for (const file of [join(CLONE, 'action.yml'), ...examples]) {
    const uses = (await readFile(file, 'utf8')).split('\n').filter((line) => /^\s*(?:- )?uses: /.test(line));
    for (const line of uses) {
      // The reusable workflow and this action are named by whoever uses them.
      if (/uses: (?:OWNER\/|\.\/)/.test(line)) continue;
      assert.match(line, /^\s*(?:- )?uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  }
});

test('inputs reach scripts as variables alone', () => {
  for (const { name, run, shell } of runs.steps.filter((step) => step.run !== undefined)) {
    assert.not.match(run ?? '', '${{', name);
    assert.is(shell, 'bash');
  }
});

test('each input is used, each output is one of a step, and those for verify are its options', () => {
  const known = program.options.map(({ long }) => (long ?? '').slice(2));
  for (const [name, { description }] of Object.entries(inputs)) {
    assert.ok(text.includes(`inputs.${name}`), name);
    assert.is.not(description, '');
    if (!['folder', 'lint', 'artifact'].includes(name)) assert.ok(known.includes(name), name);
  }
  for (const { value } of Object.values(outputs)) assert.match(value, /steps\.verify\.outputs\./);
});

interface Job {
  needs?: string;
  strategy?: { matrix: { shard: string[] } };
  steps: { name?: string; uses?: string; run?: string; with?: Record<string, string> }[];
}

test('the shards of the example are all there are of one split, and their reports are what is merged', async () => {
  const example = await readFile(join(CLONE, 'examples/dalec.yml'), 'utf8');
  const { verify, merge } = (parse(example) as { jobs: { verify: Job; merge: Job } }).jobs;
  const shards = verify.strategy?.matrix.shard ?? [];
  assert.equal(
    shards.map((shard) => formatShard(parseShard(shard))),
    shards.map((_, index) => `${index + 1}/${shards.length}`),
  );
  const given = verify.steps.find(({ uses }) => uses?.startsWith('OWNER/'))?.with ?? {};
  assert.equal(
    Object.keys(given).filter((name) => !(name in inputs)),
    [],
  );
  assert.is(given['shard'], '${{ matrix.shard }}');
  assert.is(merge.needs, 'verify');
  const names = shards.map((_, index) =>
    (given['artifact'] ?? '').replace('${{ strategy.job-index }}', String(index)),
  );
  const taken = merge.steps.find(({ uses }) => uses?.startsWith('actions/download-artifact@'))?.with ?? {};
  assert.is(taken['path'], 'reports');
  // As the action that downloads does: a folder for each artifact whose name matches.
  const pattern = new RegExp(`^${(taken['pattern'] ?? '').replace('*', '.*')}$`);
  for (const name of names) assert.match(name, pattern);

  await withFolder(async (folder) => {
    for (const name of names) {
      await mkdir(join(folder, 'reports', name), { recursive: true });
      await writeFile(join(folder, 'reports', name, 'report.json'), '{}');
    }
    await mkdir(join(folder, '.platform-marker/bin'), { recursive: true });
    const standIn = 'process.argv.slice(2).forEach((one) => console.log(one));';
    await writeFile(join(folder, '.platform-marker/bin/platform-marker.js'), standIn);
    const script = merge.steps.find(({ name }) => name === 'Merge')?.run ?? '';
    const { stdout } = await runProgram('bash', ['--norc', '-e', '-c', script], folder);
    assert.equal(stdout.trim().split('\n'), ['merge', ...names.map((name) => `reports/${name}/report.json`)]);
  });
});

/** Of the options of verify, those that are no inputs. */
const NO_INPUTS = [
  // The action says itself where the report is, and uploads it from there.
  'out',
  // It is for a person who watches: the report quotes the log of what failed.
  'verbose',
];

test('each option of verify is an input, save those that the action decides on', () => {
  const options = program.options.map(({ long }) => (long ?? '').slice(2));
  assert.equal(options.filter((name) => !(name in inputs)).sort(), NO_INPUTS);
});

/** A step's script as GitHub runs it, with a stand-in for the program that prints its arguments, one a line, and ends with a status. */
async function runStep(name: string, env: Record<string, string>, status: number, folder: string) {
  await mkdir(join(folder, 'action/bin'), { recursive: true });
  await mkdir(join(folder, 'repository/sub'), { recursive: true });
  const standIn = `console.log(process.cwd()); process.argv.slice(2).forEach((one) => console.log(one)); process.exit(${status});`;
  await writeFile(join(folder, 'action/bin/platform-marker.js'), standIn);
  await writeFile(join(folder, 'script.sh'), stepCalled(name).run ?? '');
  await writeFile(join(folder, 'output'), '');
  const variables = {
    GITHUB_ACTION_PATH: join(folder, 'action'),
    GITHUB_OUTPUT: join(folder, 'output'),
    ...env,
  };
  const assignments = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', join(folder, 'script.sh')];
  const ended = await runProgram('env', [...assignments, ...shell], join(folder, 'repository'));
  return { ...ended, output: await readFile(join(folder, 'output'), 'utf8') };
}

test('what a person gives goes to verify as options, whatever is in it', () =>
  withFolder(async (folder) => {
    const given = {
      distro: '$(touch stolen); "a" \'b\' `touch stolen`',
      frontend: '--out=/etc',
      subject: '',
      shard: '2/3',
      times: 'times of before.json',
    };
    const env = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [`GIVEN_${name.replaceAll('-', '_')}`, value]),
    );
    const ended = await runStep(
      'Verify',
      { ...env, GIVEN_require_real_bases: 'false', FOLDER: 'sub' },
      0,
      folder,
    );
    assert.is(ended.status, 0, ended.stderr);
    assert.equal(ended.stdout.trim().split('\n').slice(1), [
      'verify',
      `--distro=${given.distro}`,
      '--frontend=--out=/etc',
      '--require-real-bases=false',
      '--shard=2/3',
      '--times=times of before.json',
    ]);
    assert.match(ended.stdout, /^\S+\/repository\/sub\n/);
    assert.equal(await readdir(join(folder, 'repository/sub')), []);
    assert.match(ended.output, /^verified=true\nreport=\S+\/repository\/sub\/out\/report\.json\n$/);
  }));

test('what verify comes to is what the step comes to', () =>
  withFolder(async (folder) => {
    const ended = await runStep('Verify', { FOLDER: '.' }, 3, folder);
    assert.is(ended.status, 3);
    assert.match(ended.output, /^verified=false\n/);
    assert.is((await runStep('Lint the policies', { FOLDER: '.' }, 1, folder)).status, 1);
  }));

test('the variables of the step for verify are the inputs that are its options', () => {
  const env = Object.entries(stepCalled('Verify').env ?? {}).filter(([name]) => name.startsWith('GIVEN_'));
  for (const [name, value] of env) {
    const input = name.slice('GIVEN_'.length).replaceAll('_', '-');
    assert.is(value, `\${{ inputs.${input} }}`);
  }
  const options = Object.keys(inputs).filter((name) => !['folder', 'lint', 'artifact'].includes(name));
  assert.is(env.length, options.length);
});

test.run();
