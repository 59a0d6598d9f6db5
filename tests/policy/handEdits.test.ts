import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { generatePolicy } from '../../lib/policy/generatePolicy.ts';
import { diffHandEdit, handEdits } from '../../lib/policy/handEdits.ts';
import { planPolicies } from '../../lib/policy/planPolicies.ts';
import { A, B, distro, folderSuite, generate, HAND, type NamedBase } from './generateFolder.ts';

const test = folderSuite();

/** The diff of each hand edit, under the name `policy`. */
async function diffs(folder: string, distros: readonly NamedBase[]): Promise<string[]> {
  const edits = handEdits(await planPolicies(distros, folder));
  return Promise.all(edits.map((edit) => diffHandEdit(edit, 'policy')));
}

test('A hand edit is shown as a unified diff from what would be generated', async ({ folder, write }) => {
  await generate(folder, [A, B]);
  await write('b.json', generatePolicy(B).replace('WILDCARD', 'REGEX'));
  const [edit, ...more] = handEdits(await planPolicies([A, B], folder));
  assert.equal([edit?.file, more.length], [join(folder, 'b.json'), 0]);
  const [diff = ''] = await diffs(folder, [A, B]);
  assert.ok(diff.startsWith('--- policy as generated\n+++ policy\n@@ '));
  assert.match(diff, /\n-.*"WILDCARD".*\n\+.*"REGEX"/);
});

test('Line ends are no part of a hand edit', async ({ folder, write }) => {
  await write('a.json', generatePolicy(A).replace('WILDCARD', 'REGEX').replaceAll('\n', '\r\n'));
  const [diff = ''] = await diffs(folder, [A]);
  assert.equal(diff.match(/^[-+][^-+].*$/gm)?.length, 2);
});

test('A hand edit that is no text is shown as it is', async ({ folder, write }) => {
  await write('a.json', '\0');
  assert.match((await diffs(folder, [A]))[0] ?? '', /^\+\0$/m);
});

test('What is only out of date, or of no distro, is no hand edit to show', async ({ folder, write }) => {
  await generate(folder, [A]);
  await write('other.json', HAND);
  assert.equal(await diffs(folder, [distro('a', 'a:2')]), []);
});

test.run();
