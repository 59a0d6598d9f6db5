import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { generatePolicy } from '../../lib/policy/generatePolicy.ts';
import { staleFiles } from '../../lib/policy/plannedFile.ts';
import { planPolicies } from '../../lib/policy/planPolicies.ts';
import { A, B, distro, folderSuite, generate, HAND, type NamedBase } from './generateFolder.ts';

const test = folderSuite();

/** `<file>: <reason>` of each file that generating would change. */
async function stale(folder: string, distros: readonly NamedBase[]): Promise<string[]> {
  const files = staleFiles(await planPolicies(distros, folder));
  return files.map(({ file, reason }) => [basename(file), reason ?? 'changed'].join(': '));
}

test('Policies that are missing are written, and the folder with them', async ({ folder, read }) => {
  const written = ['a.json written: is missing', 'b.json written: is missing'];
  assert.equal(await generate(join(folder, 'new'), [A, B]), written);
  assert.is(await read('new/a.json'), generatePolicy(A));
});

test('A second run changes nothing', async ({ folder, read }) => {
  await generate(folder, [A, B]);
  const record = await read('.generated.json');
  assert.equal(await generate(folder, [A, B]), ['a.json unchanged', 'b.json unchanged']);
  assert.is(await read('.generated.json'), record);
});

test('A policy that is only out of date is written anew, without a backup', async ({ folder, read }) => {
  await generate(folder, [A]);
  const moved = distro('a', 'a:2');
  assert.equal(await generate(folder, [moved]), ['a.json written']);
  assert.is(await read('a.json'), generatePolicy(moved));
});

test('A policy that a person changed is kept, run after run', async ({ folder, read, write }) => {
  await generate(folder, [A]);
  await write('a.json', HAND);
  for (let run = 0; run < 2; run += 1) {
    assert.equal(await generate(folder, [distro('a', 'a:2')]), ['a.json kept: edited by hand']);
  }
  assert.is(await read('a.json'), HAND);
});

test('A policy that was there before anything was generated is kept', async ({ folder, read, write }) => {
  await write('a.json', HAND);
  assert.equal(await generate(folder, [A]), ['a.json kept: edited by hand']);
  assert.is(await read('a.json'), HAND);
});

test('A change of white space alone is a hand edit', async ({ folder, write }) => {
  await write('a.json', `${generatePolicy(A)}\n`);
  assert.equal(await generate(folder, [A]), ['a.json kept: edited by hand']);
});

test('A hand edit that is taken back is ours again', async ({ folder, write }) => {
  await generate(folder, [A]);
  await write('a.json', HAND);
  await generate(folder, [distro('a', 'a:2')]);
  await write('a.json', generatePolicy(A));
  assert.equal(await generate(folder, [distro('a', 'a:2')]), ['a.json written']);
});

test('A hand edit that comes to what would be generated is ours', async ({ folder, write }) => {
  await generate(folder, [A]);
  const moved = distro('a', 'a:2');
  await write('a.json', generatePolicy(moved));
  assert.equal(await generate(folder, [moved]), ['a.json unchanged']);
  assert.equal(await generate(folder, [A]), ['a.json written']);
});

test('A checkout with CRLF line ends is no hand edit', async ({ folder, write }) => {
  await generate(folder, [A]);
  await write('a.json', generatePolicy(A).replaceAll('\n', '\r\n'));
  assert.equal(await generate(folder, [A]), ['a.json unchanged']);
  assert.equal(await generate(folder, [distro('a', 'a:2')]), ['a.json written']);
});

for (const [what, broken] of [
  ['is broken', '{ "rules": ['],
  ['is empty', ''],
  ['has comments', '// mine\n{ "rules": [] }\n'],
] as const) {
  test(`A policy that ${what} is kept, and is said not to be JSON`, async ({ folder, read, write }) => {
    await generate(folder, [A]);
    await write('a.json', broken);
    assert.equal(await generate(folder, [A]), ['a.json kept: edited by hand, and not JSON']);
    assert.is(await read('a.json'), broken);
  });
}

test('A policy that was deleted is written again', async ({ folder }) => {
  await generate(folder, [A]);
  await rm(join(folder, 'a.json'));
  assert.equal(await generate(folder, [A]), ['a.json written: is missing']);
});

test('The policy of a distro that is gone is removed, and forgotten', async ({ folder, read }) => {
  await generate(folder, [A, B]);
  const gone = 'b.json removed: no distro of this name is in distros.yaml';
  assert.equal(await generate(folder, [A]), ['a.json unchanged', gone]);
  assert.equal((await readdir(folder)).sort(), ['.generated.json', 'a.json']);
  assert.not.match(await read('.generated.json'), 'b.json');
});

test('The policy of a distro that is gone is kept and named if a person changed it', async ({
  folder,
  read,
  write,
}) => {
  await generate(folder, [A, B]);
  await write('b.json', HAND);
  for (let run = 0; run < 2; run += 1) {
    const [, outcome] = await generate(folder, [A]);
    assert.is(outcome, 'b.json kept: no distro of this name is in distros.yaml');
  }
  assert.is(await read('b.json'), HAND);
});

test('Files that are no policies are left alone', async ({ folder, write }) => {
  await write('README.md', 'x');
  await write('a.json.bak-1', 'x');
  assert.equal(await generate(folder, [A]), ['a.json written: is missing']);
});

test('After the record is lost, files as generated are ours and others are kept', async ({
  folder,
  write,
}) => {
  await generate(folder, [A, B]);
  await write('b.json', HAND);
  await rm(join(folder, '.generated.json'));
  assert.equal(await generate(folder, [A, B]), ['a.json unchanged', 'b.json kept: edited by hand']);
  assert.equal(await generate(folder, [distro('a', 'a:2'), B]), [
    'a.json written',
    'b.json kept: edited by hand',
  ]);
});

for (const broken of ['<<<<<<< HEAD\n', '[]', '{ "a.json": 1 }', 'null']) {
  test(`A record that holds ${JSON.stringify(broken)} stops everything, and nothing is touched`, async ({
    folder,
    read,
    write,
  }) => {
    await generate(folder, [A]);
    await write('.generated.json', broken);
    try {
      await generate(folder, [distro('a', 'a:2')]);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, /\.generated\.json: does not hold the hashes.*\n.*delete it/);
    }
    assert.is(await read('a.json'), generatePolicy(A));
  });
}

test('A folder in the place of a policy is wrong input, not a crash', async ({ folder }) => {
  await mkdir(join(folder, 'a.json'));
  try {
    await generate(folder, [A]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Fault);
    assert.match((error as Fault).message, /a\.json: cannot be read: EISDIR/);
  }
});

test('No temporary file stays behind', async ({ folder }) => {
  await generate(folder, [A]);
  assert.equal((await readdir(folder)).sort(), ['.generated.json', 'a.json']);
});

test('Nothing is out of date after generating, hand edits or not', async ({ folder, write }) => {
  await generate(folder, [A, B]);
  assert.equal(await stale(folder, [A, B]), []);
  await write('b.json', HAND);
  assert.equal(await stale(folder, [A, B]), []);
});

test('What is out of date, missing, or of no distro is named, and planning changes nothing', async ({
  folder,
  read,
}) => {
  await generate(folder, [A, B]);
  const record = await read('.generated.json');
  assert.equal(await stale(folder, [distro('a', 'a:2'), distro('c')]), [
    'a.json: changed',
    'c.json: is missing',
    'b.json: no distro of this name is in distros.yaml',
    '.generated.json: changed',
  ]);
  assert.is(await read('a.json'), generatePolicy(A));
  assert.is(await read('.generated.json'), record);
});

test('A record that does not know its policies is out of date', async ({ folder }) => {
  await generate(folder, [A]);
  await rm(join(folder, '.generated.json'));
  assert.equal(await stale(folder, [A]), ['.generated.json: is missing']);
});

test('In a folder that is not there every policy is missing', async ({ folder }) => {
  assert.is((await stale(join(folder, 'none'), [A, B])).length, 3);
});

test('A policy that is forced gives way, and every backup has its own number', async ({
  folder,
  read,
  write,
}) => {
  await generate(folder, [A, B]);
  await write('b.json', HAND);
  for (const number of [1, 2]) {
    await write('a.json', `${HAND}${number}`);
    const reset = `a.json written: a.json.bak-${number}`;
    assert.equal(await generate(folder, [A, B], ['a']), [reset, 'b.json kept: edited by hand']);
    assert.is(await read('a.json'), generatePolicy(A));
  }
  assert.is(await read('a.json.bak-1'), `${HAND}1`);
  assert.is(await read('a.json.bak-2'), `${HAND}2`);
});

test('A policy that was forced is ours again', async ({ folder, write }) => {
  await generate(folder, [A]);
  await write('a.json', HAND);
  await generate(folder, [A], ['a']);
  assert.equal(await stale(folder, [A]), []);
  assert.equal(await generate(folder, [distro('a', 'a:2')]), ['a.json written']);
});

test('A policy that is forced and as generated, only out of date or missing gets no backup', async ({
  folder,
}) => {
  assert.equal(await generate(folder, [A], ['a']), ['a.json written: is missing']);
  assert.equal(await generate(folder, [A], ['a']), ['a.json unchanged']);
  assert.equal(await generate(folder, [distro('a', 'a:2')], ['a']), ['a.json written']);
});

test.run();
