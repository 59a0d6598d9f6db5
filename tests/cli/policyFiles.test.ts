import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPolicyFile, readPolicyFolder, refuseBroken } from '../../lib/cli/policyFiles.ts';
import { Fault } from '../../lib/fault/fault.ts';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';

const test = suite<{ folder: string; shown: (name: string) => string }>();

test.before.each(async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'policy-files-'));
  context.folder = folder;
  context.shown = (name) => relative(process.cwd(), join(folder, name));
});

test.after.each(async ({ folder }) => {
  await rm(folder, { recursive: true });
});

/** The message of the Fault that this ends with. */
async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, Fault);
    return (error as Fault).message;
  }
  throw new Error('nothing was refused');
}

test('The policies of a folder come by name, without the record and what is no policy', async ({
  folder,
  shown,
}) => {
  for (const name of ['b.json', 'a.json', '.generated.json', 'a.json.bak-1', 'README.md']) {
    await writeFile(join(folder, name), name);
  }
  const files = await readPolicyFolder(folder);
  assert.equal(
    files.map(({ file, bytes }) => [file, Buffer.from(bytes).toString()]),
    ['a.json', 'b.json'].map((name) => [shown(name), name]),
  );
});

test('A folder that is not there has no policies; a file in its place is refused', async ({
  folder,
  shown,
}) => {
  assert.equal(await readPolicyFolder(join(folder, 'none')), []);
  await writeFile(join(folder, 'policies'), '');
  assert.is(
    await refusal(readPolicyFolder(join(folder, 'policies'))),
    `${shown('policies')}: cannot be read (ENOTDIR)`,
  );
});

test('A file that is not there is named, with the one that is called like it', async ({ folder, shown }) => {
  await writeFile(join(folder, 'bookworm.json'), '');
  assert.match(
    await refusal(readPolicyFile(join(folder, 'bokworm.json'))),
    `${shown('bokworm.json')}: there is no such file (did you mean "bookworm.json"?)\n  name a policy file`,
  );
});

test('A folder, and a device that never ends, are no policy', async ({ folder, shown }) => {
  await mkdir(join(folder, 'a.json'));
  assert.is(await refusal(readPolicyFolder(folder)), `${shown('a.json')}: this is no file`);
  assert.match(await refusal(readPolicyFile('/dev/zero')), 'this is no file');
});

test('All files that BuildKit refuses are refused at once', async () => {
  const files = ['{', '{"rules": []}', '[]'].map((text, at) => parsePolicy(`${at}.json`, Buffer.from(text)));
  const message = await refusal(Promise.resolve().then(() => { refuseBroken(files); })); // prettier-ignore
  assert.match(message, /^0\.json:1:\d.*\n[^]*^2\.json:1:1/m);
  assert.not.match(message, '1.json');
});

test.run();
