import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuildStep } from '../../lib/proof/llb.ts';
import { materialsOf } from '../../lib/proof/materials.ts';
import { provenanceOfFolder } from '../../lib/proof/provenanceOfFolder.ts';
import { stepsOfFolder } from '../../lib/proof/stepsOfFolder.ts';
import { copy, exec, file, image, result } from './steps.ts';

const first = { input: -1, secondaryInput: 0 };
const DIGESTS = { one: `sha256:${'1'.repeat(64)}`, two: `sha256:${'2'.repeat(64)}` };

/** Two workers, the second made by a command, each with a probe, gathered in two folders. */
const STEPS: BuildStep[] = [
  image('one', `docker.io/library/one@${DIGESTS.one}`, 'arm64'),
  image('two', `docker.io/library/two@${DIGESTS.two}`, 'arm64'),
  exec('made', ['two:0'], { output: 0 }),
  file('probe1', ['one:0'], copy('/platform-marker', '/', first)),
  file('more1', ['probe1:0', 'one:0'], copy('/usr/bin/env', '/witness/')),
  file('probe2', ['made:0'], copy('/platform-marker', '/', first)),
  file('gather1', ['more1:0'], copy('/', '/first/', first)),
  file('gather2', ['gather1:0', 'probe2:0'], copy('/', '/second/')),
  result('gather2:0'),
];

const idsOf = (steps: readonly BuildStep[]) => steps.map(({ id }) => id);

test('The steps of a folder are those that its worker was made by, and its result the worker', () => {
  assert.equal(idsOf(stepsOfFolder(STEPS, '/first')), ['one', 'result']);
  const second = stepsOfFolder(STEPS, '/second');
  assert.equal(idsOf(second), ['two', 'made', 'result']);
  assert.equal(second.at(-1)?.inputs, ['made:0']);
});

test('A worker of nothing has no steps', () => {
  const steps = [
    file('probe', [], copy('/x', '/', { input: -1, secondaryInput: -1 })),
    file('gather', ['probe:0'], copy('/', '/w/', first)),
    result('gather:0'),
  ];
  assert.equal(stepsOfFolder(steps, '/w'), []);
});

const BROKEN: [title: string, steps: BuildStep[], why: RegExp][] = [
  [
    'a folder that nothing was copied to',
    STEPS.filter(({ id }) => id !== 'gather1'),
    /no copy|nothing was copied/,
  ],
  [
    'a probe that was put together from two workers',
    [
      ...STEPS.slice(0, 3),
      file('probe1', ['one:0'], copy('/platform-marker', '/', first)),
      file('more1', ['probe1:0', 'two:0'], copy('/usr/bin/env', '/witness/')),
      file('gather1', ['more1:0'], copy('/', '/first/', first)),
      result('gather1:0'),
    ],
    /several places/,
  ],
  [
    'a folder that was copied to twice',
    [
      ...STEPS.slice(0, 6),
      file('gather1', ['more1:0'], copy('/', '/first/', first)),
      file('gather2', ['gather1:0', 'probe2:0'], copy('/', '/first/')),
      result('gather2:0'),
    ],
    /several places/,
  ],
  [
    'a result that a command made',
    [STEPS[1], STEPS[2], result('made:0')].filter((one) => one !== undefined),
    /no copy/,
  ],
  ['a result of nothing', [], /nothing was copied/],
];
for (const [title, steps, why] of BROKEN) {
  test(`Not told: ${title}`, () => {
    assert.throws(
      () => stepsOfFolder(steps, '/first'),
      (error: Error) => error instanceof RangeError && why.test(error.message),
    );
  });
}

test('A folder whose name begins as another’s is not that one', () => {
  assert.throws(() => stepsOfFolder(STEPS, '/fir'), /nothing was copied/);
});

test('Of the materials a folder has those that its own steps fetch', () => {
  const uri = (name: string, platform: string) => `pkg:docker/${name}@latest?platform=linux%2F${platform}`;
  const materials = [
    { uri: uri('one', 'arm64'), digest: { sha256: '1'.repeat(64) } },
    { uri: uri('one', 'amd64'), digest: { sha256: '1'.repeat(64) } },
    { uri: uri('two', 'arm64'), digest: { sha256: '2'.repeat(64) } },
    { uri: 'https://example.com/file', digest: { sha256: '3'.repeat(64) } },
  ];
  const whole = { materials, steps: STEPS, builderPlatform: { os: 'linux', architecture: 'amd64' } };
  const own = materialsOf(provenanceOfFolder(whole, '/first', []));
  assert.equal(
    own.map(({ name, platform }) => [name, platform]),
    [['one', 'linux/arm64']],
  );
});

test.run();
