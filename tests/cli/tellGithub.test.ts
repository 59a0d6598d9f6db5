import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distroLines, tellGithub } from '../../lib/cli/tellGithub.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { report, reportCell } from '../report/report.ts';

const MIB = 1024 * 1024;
const many = report(
  Array.from({ length: 200 }, (_, at) =>
    reportCell({
      distro: `d${at}`,
      verdict: 'build-failed',
      detail: 'it failed',
      log: 'line\n'.repeat(2_000),
    }),
  ),
);

/** Writes a summary after what an earlier command of the step wrote, and returns all of it. */
async function summaryAfter(earlier: string, dir: string): Promise<string> {
  const file = join(dir, 'summary.md');
  await writeFile(file, earlier);
  const { GITHUB_ACTIONS: actions } = process.env;
  delete process.env['GITHUB_ACTIONS'];
  process.env['GITHUB_STEP_SUMMARY'] = file;
  try {
    await tellGithub(many);
  } finally {
    delete process.env['GITHUB_STEP_SUMMARY'];
    if (actions !== undefined) process.env['GITHUB_ACTIONS'] = actions;
  }
  return readFile(file, 'utf8');
}

test('The summary of a step is added to, and stays below what GitHub takes of a step, with a word about it', () =>
  inTempDirectory(async (dir) => {
    const earlier = `${'x'.repeat(MIB / 2)}\n`;
    const summary = await summaryAfter(earlier, dir);
    assert.ok(summary.startsWith(`${earlier}\n## platform-marker: not verified`));
    assert.ok(Buffer.byteLength(summary) <= MIB);
    assert.match(
      summary,
      /Cut here to stay below \d+ bytes: \d+ parts left out\. report\.html has all\._\n$/,
    );
  }));

test('A step whose summary is full already keeps it', () =>
  inTempDirectory(async (dir) => {
    const earlier = 'x'.repeat(MIB - 10);
    const summary = await summaryAfter(earlier, dir);
    assert.ok(summary.startsWith(earlier));
    assert.ok(Buffer.byteLength(summary) <= MIB);
  }));

/** The workflow commands that it prints where GitHub runs it. */
async function commandsOf(options: { isMerged?: boolean }): Promise<string[]> {
  const { GITHUB_ACTIONS: before } = process.env;
  const write = process.stdout.write.bind(process.stdout);
  let printed = '';
  process.env['GITHUB_ACTIONS'] = 'true';
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  try {
    await tellGithub(many, options);
  } finally {
    process.stdout.write = write;
    if (before === undefined) delete process.env['GITHUB_ACTIONS'];
    else process.env['GITHUB_ACTIONS'] = before;
  }
  return printed.split('\n').filter((line) => line.startsWith('::error'));
}

test('What failed is annotated, but not once more where the reports of shards are merged', async () => {
  assert.ok((await commandsOf({})).length > 1);
  assert.equal(await commandsOf({ isMerged: true }), []);
});

test('The rows of distros.yaml are found by their lines, whatever stands between them', () => {
  const yaml =
    'platforms: [linux/amd64]\ndistros:\n  - name: one\n    base: a\n\n  # a word\n  - base: b\n    name: two\n';
  assert.equal(
    [...distroLines(yaml)],
    [
      ['one', 3],
      ['two', 8],
    ],
  );
  assert.is(distroLines('distros: 1').size, 0);
});

test.run();
