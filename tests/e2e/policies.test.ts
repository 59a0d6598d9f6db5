import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../lib/engine/builder.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { build, runBuild } from './policies/build.ts';
import { buildkitRelease, isBefore } from './policies/buildkitRelease.ts';
import { CONTEXT_CASES } from './policies/contextCases.ts';
import { FILE_CASES } from './policies/fileCases.ts';
import { MATCH_CASES } from './policies/matchCases.ts';
import type { Ending, PolicyCase } from './policies/policyCase.ts';
import { explained, predict } from './policies/predict.ts';
import { RULE_CASES } from './policies/ruleCases.ts';
import { serveImages, type Served } from './policies/served.ts';
import { SOURCE_CASES } from './policies/sourceCases.ts';

const CASES = [...MATCH_CASES, ...RULE_CASES, ...SOURCE_CASES, ...CONTEXT_CASES, ...FILE_CASES];

/** A release that has everything that any release is known to do. */
const NEWEST = 'v0.99';

let folder = '';
let builder: Builder;
let served: Served;
let release = '';
const observed = new Map<PolicyCase, Ending>();
const cleanUp: (() => Promise<void>)[] = [];

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  builder = await keepOwnEngine({ say: () => undefined });
  cleanUp.push(() => builder.stop());
  release = await buildkitRelease(builder);
  served = await serveImages(join(folder, 'layouts'), builder);
  cleanUp.push(() => served.close());
  const limit = pLimit(2);
  const buildOne = async (one: PolicyCase, index: number) => {
    observed.set(one, await build(one, { builder, served, folder: join(folder, `case-${index}`) }));
  };
  await Promise.all(CASES.map((one, index) => limit(buildOne, one, index)));
});

test.after(async () => {
  for (const end of cleanUp.reverse()) await end();
});

for (const one of CASES) {
  const { title, ends, older } = one;
  const differs = older === undefined ? '' : `; not before BuildKit ${older.before}`;
  test(`${title}${differs}`, () => {
    const now = older !== undefined && isBefore(release, older.before) ? older.ends : ends;
    assertPredicted(predict(one, served, NEWEST), filledIn(ends));
    const predicted = predict(one, served, release);
    assertPredicted(predicted, filledIn(now));
    const explanation = explained(one, served, release);
    if (explanation !== undefined) assertEndsIn(predicted, explanation);
    assertEndsIn(observed.get(one), filledIn(now));
  });
}

test('buildx takes one policy file: two names are the name of a file that is not there', async () => {
  const [first, second] = ['first.json', 'second.json'].map((name) => join(folder, name));
  for (const file of [first, second]) await writeFile(file ?? '', '{"rules": []}');
  for (const separator of [',', ':']) {
    const { output, failed } = await runBuild(builder, `${first ?? ''}${separator}${second ?? ''}`, [folder]);
    assert.ok(failed);
    assert.match(output, /ERROR: failed to read policy file: open .*: no such file or directory/);
  }
});

/** The evaluator refuses a file in its own words; everything else it says as BuildKit does. */
function assertPredicted(predicted: Ending, expected: Ending): void {
  if ('refusesFile' in predicted) assert.ok('refusesFile' in expected, JSON.stringify(expected));
  else assert.equal(predicted, expected);
}

/** BuildKit puts before an error what it was about when it came to it. */
function assertEndsIn(found: Ending | undefined, expected: Ending): void {
  const [name, text] = Object.entries(found ?? {})[0] ?? [];
  const end = Object.values(expected).join('');
  assert.equal({ [String(name)]: name === 'holds' ? text : text?.slice(-end.length) }, expected, text);
}

function filledIn(ending: Ending): Ending {
  return JSON.parse(served.fillIn(JSON.stringify(ending))) as Ending;
}

test.run();
