import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { parseImageRef } from '../../lib/matrix/imageRef.ts';
import { generatePolicy } from '../../lib/policy/generatePolicy.ts';
import { checkGenerated, diffPolicies, resetPolicy, writePolicies } from '../../lib/policy/writePolicies.ts';

const distro = (name: string, base = `${name}:1`) => ({ name, ref: parseImageRef(base) });
const A = distro('a');
const B = distro('b');
const HAND = '{ "rules": [] }\n';

interface Context {
  folder: string;
  read: (name: string) => Promise<string>;
  write: (name: string, text: string) => Promise<void>;
}

const test = suite<Context>();

test.before.each(async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'policies-'));
  context.folder = folder;
  context.read = (name) => readFile(path.join(folder, name), 'utf8');
  context.write = (name, text) => writeFile(path.join(folder, name), text);
});

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

/** `name state` of each outcome. */
async function states(folder: string, ...distros: (typeof A)[]): Promise<string[]> {
  return (await writePolicies(distros, folder)).map(({ name, state }) => `${name} ${state}`);
}

test('Policies that are missing are written, and the folder with them', async ({ folder, read }) => {
  const inner = path.join(folder, 'new');
  assert.equal(await writePolicies([A, B], inner), [
    { name: 'a', file: path.join(inner, 'a.json'), state: 'written' },
    { name: 'b', file: path.join(inner, 'b.json'), state: 'written' },
  ]);
  assert.is(await read('new/a.json'), generatePolicy(A));
});

test('A second run changes nothing', async ({ folder, read }) => {
  await states(folder, A, B);
  const record = await read('.generated.json');
  assert.equal(await states(folder, A, B), ['a unchanged', 'b unchanged']);
  assert.is(await read('.generated.json'), record);
});

test('A policy that is only out of date is written anew', async ({ folder, read }) => {
  await states(folder, A);
  const moved = distro('a', 'a:2');
  assert.equal(await states(folder, moved), ['a written']);
  assert.is(await read('a.json'), generatePolicy(moved));
});

test('A policy that a person changed is kept, run after run', async ({ folder, read, write }) => {
  await states(folder, A);
  await write('a.json', HAND);
  for (let run = 0; run < 2; run += 1) {
    const [outcome] = await writePolicies([distro('a', 'a:2')], folder);
    assert.is(outcome?.state, 'kept');
    assert.is(outcome?.reason, 'edited by hand');
  }
  assert.is(await read('a.json'), HAND);
});

test('A policy that was there before anything was generated is kept', async ({ folder, read, write }) => {
  await write('a.json', HAND);
  assert.equal(await states(folder, A), ['a kept']);
  assert.is(await read('a.json'), HAND);
});

test('A change of white space alone is a hand edit', async ({ folder, write }) => {
  await write('a.json', `${generatePolicy(A)}\n`);
  assert.equal(await states(folder, A), ['a kept']);
});

test('A hand edit that is taken back is ours again', async ({ folder, write }) => {
  await states(folder, A);
  await write('a.json', HAND);
  await states(folder, distro('a', 'a:2'));
  await write('a.json', generatePolicy(A));
  assert.equal(await states(folder, distro('a', 'a:2')), ['a written']);
});

test('A policy that is no JSON is kept and said to be none', async ({ folder, read, write }) => {
  await states(folder, A);
  await write('a.json', '{ // mine\n');
  const [outcome] = await writePolicies([A], folder);
  assert.is(outcome?.reason, 'edited by hand, and not JSON');
  assert.is(await read('a.json'), '{ // mine\n');
});

test('A checkout with CRLF is no hand edit', async ({ folder, read, write }) => {
  await states(folder, A);
  for (const name of ['a.json', '.generated.json']) {
    await write(name, (await read(name)).replaceAll('\n', '\r\n'));
  }
  assert.equal(await checkGenerated([A], folder), []);
  assert.equal(await states(folder, A), ['a unchanged']);
  assert.equal(await states(folder, distro('a', 'a:2')), ['a written']);
});

test('The policy of a distro that is gone is removed', async ({ folder, read }) => {
  await states(folder, A, B);
  assert.equal(await states(folder, A), ['a unchanged', 'b removed']);
  assert.equal((await readdir(folder)).sort(), ['.generated.json', 'a.json']);
  assert.not((await read('.generated.json')).includes('b.json'));
});

test('The policy of a distro that is gone is kept and named if a person changed it', async ({
  folder,
  read,
  write,
}) => {
  await states(folder, A, B);
  await write('b.json', HAND);
  for (let run = 0; run < 2; run += 1) {
    const [, outcome] = await writePolicies([A], folder);
    assert.is(outcome?.state, 'kept');
    assert.is(outcome?.reason, 'no distro of this name is in distros.yaml');
  }
  assert.is(await read('b.json'), HAND);
});

test('Files that are no policies are left alone', async ({ folder, write }) => {
  await write('README.md', 'x');
  await write('a.json.bak-1', 'x');
  assert.equal(await states(folder, A), ['a written']);
});

test('After the record is lost, files as generated are ours and others are kept', async ({
  folder,
  write,
}) => {
  await states(folder, A, B);
  await write('b.json', HAND);
  await rm(path.join(folder, '.generated.json'));
  assert.equal(await states(folder, A, B), ['a unchanged', 'b kept']);
  assert.equal(await states(folder, distro('a', 'a:2'), B), ['a written', 'b kept']);
});

for (const broken of ['<<<<<<< HEAD\n', '[]', '{ "a.json": 1 }', 'null']) {
  test(`A record that holds ${JSON.stringify(broken)} stops everything, and nothing is touched`, async ({
    folder,
    read,
    write,
  }) => {
    await states(folder, A);
    await write('.generated.json', broken);
    try {
      await writePolicies([distro('a', 'a:2')], folder);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, /\.generated\.json: does not hold the hashes.*\n.*delete it/);
    }
    assert.is(await read('a.json'), generatePolicy(A));
  });
}

test('A folder in the place of a policy is wrong input, not a crash', async ({ folder }) => {
  await mkdir(path.join(folder, 'a.json'));
  try {
    await writePolicies([A], folder);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Fault);
    assert.match((error as Fault).message, /a\.json: cannot be read: EISDIR/);
  }
});

test('No temporary file stays behind', async ({ folder }) => {
  await states(folder, A);
  assert.equal((await readdir(folder)).sort(), ['.generated.json', 'a.json']);
});

test('checkGenerated finds nothing after generating, hand edits or not', async ({ folder, write }) => {
  await states(folder, A, B);
  assert.equal(await checkGenerated([A, B], folder), []);
  await write('b.json', HAND);
  assert.equal(await checkGenerated([A, B], folder), []);
});

test('checkGenerated names what is out of date, missing, or of no distro, and changes nothing', async ({
  folder,
  read,
}) => {
  await states(folder, A, B);
  const record = await read('.generated.json');
  const complaints = await checkGenerated([distro('a', 'a:2'), distro('c')], folder);
  assert.equal(
    complaints.map(({ place, message }) => `${path.basename(place?.file ?? '')}: ${message}`),
    [
      'a.json: does not agree with distros.yaml',
      'c.json: does not agree with distros.yaml',
      'b.json: no distro of this name is in distros.yaml',
    ],
  );
  assert.ok(complaints.every(({ next }) => next?.includes('make generate')));
  assert.is(await read('a.json'), generatePolicy(A));
  assert.is(await read('.generated.json'), record);
});

test('checkGenerated names a record that does not know its policies', async ({ folder }) => {
  await states(folder, A);
  await rm(path.join(folder, '.generated.json'));
  const [complaint] = await checkGenerated([A], folder);
  assert.match(complaint?.place?.file ?? '', /\.generated\.json$/);
});

test('checkGenerated of a folder that is not there names every policy', async ({ folder }) => {
  assert.is((await checkGenerated([A, B], path.join(folder, 'none'))).length, 2);
});

test('A hand edit is shown as a unified diff from what would be generated', async ({ folder, write }) => {
  await states(folder, A, B);
  await write('b.json', generatePolicy(B).replace('WILDCARD', 'REGEX'));
  const diffs = await diffPolicies([A, B], folder);
  assert.equal(
    diffs.map(({ name }) => name),
    ['b'],
  );
  const file = path.join(folder, 'b.json');
  assert.is(diffs[0]?.file, file);
  assert.ok(diffs[0]?.diff.startsWith(`--- ${file} as generated\n+++ ${file}\n@@ `));
  assert.match(diffs[0]?.diff ?? '', /\n-.*"WILDCARD".*\n\+.*"REGEX"/);
});

test('A policy that is only out of date is no hand edit to show', async ({ folder }) => {
  await states(folder, A);
  assert.equal(await diffPolicies([distro('a', 'a:2')], folder), []);
});

test('A reset brings the generated policy back and numbers its backups', async ({ folder, read, write }) => {
  await states(folder, A);
  for (const number of [1, 2]) {
    await write('a.json', `${HAND}${number}`);
    const file = path.join(folder, 'a.json');
    assert.equal(await resetPolicy(A, folder), { file, backup: `${file}.bak-${number}` });
    assert.is(await read('a.json'), generatePolicy(A));
  }
  assert.is(await read('a.json.bak-1'), `${HAND}1`);
  assert.is(await read('a.json.bak-2'), `${HAND}2`);
});

test('A policy that was reset is ours again, and the other records stay', async ({ folder, write }) => {
  await states(folder, A, B);
  await write('a.json', HAND);
  await resetPolicy(A, folder);
  assert.equal(await checkGenerated([A, B], folder), []);
  assert.equal(await states(folder, distro('a', 'a:2'), distro('b', 'b:2')), ['a written', 'b written']);
});

test('A reset of a policy that is as generated, or missing, makes no backup', async ({ folder }) => {
  const file = path.join(folder, 'a.json');
  assert.equal(await resetPolicy(A, folder), { file });
  assert.equal(await resetPolicy(A, folder), { file });
  assert.equal((await readdir(folder)).sort(), ['.generated.json', 'a.json']);
});

test("A run's own registry address is put into what is written", async ({ folder, read }) => {
  await writePolicies([A], folder, 'registry.example:443');
  assert.is(await read('a.json'), generatePolicy(A, 'registry.example:443'));
});

test.run();
