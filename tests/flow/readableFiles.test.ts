import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileVersion, readVersions } from '../../lib/flow/readableFiles.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

async function put(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** The names of all that can be read of a folder as a build context, but of files that are not there. */
async function readableOf(folder: string, leaveOut: string[] = []): Promise<string[]> {
  const { files } = await readVersions([{ context: folder, dockerfile: 'Dockerfile' }], leaveOut);
  const there = [...files].filter(([, version]) => version !== 'none');
  return there.map(([path]) => relative(folder, path) + (path.endsWith('/') ? '/' : '')).sort();
}

test('of a context everything can be read, folders too', () =>
  inTempDirectory(async (dir) => {
    await put(dir, { Dockerfile: '', 'a/b': '', '.git/HEAD': '' });
    await mkdir(join(dir, 'empty'));
    assert.equal(await readableOf(dir), ['.git/', '.git/HEAD', 'Dockerfile', 'a/', 'a/b', 'empty/']);
  }));

test('what .dockerignore leaves out cannot be read, but the Dockerfile and the file itself can', () =>
  inTempDirectory(async (dir) => {
    await put(dir, {
      Dockerfile: '',
      '.dockerignore': '*\n!src/**/keep',
      'a/b': '',
      'src/x/keep': '',
      'src/x/y': '',
    });
    assert.equal(await readableOf(dir), ['.dockerignore', 'Dockerfile', 'src/x/keep']);
  }));

test('a .dockerignore of the Dockerfile’s own counts before the common one', () =>
  inTempDirectory(async (dir) => {
    await put(dir, { Dockerfile: '', 'Dockerfile.dockerignore': 'a', '.dockerignore': 'b', a: '', b: '' });
    assert.equal(await readableOf(dir), ['.dockerignore', 'Dockerfile', 'Dockerfile.dockerignore', 'b']);
  }));

test('what is left out is not looked at, nor what is below it', () =>
  inTempDirectory(async (dir) => {
    await put(dir, { Dockerfile: '', 'out/report.json': '', 'out/probe/a': '' });
    assert.equal(await readableOf(dir, [join(dir, 'out')]), ['Dockerfile']);
  }));

test('folders are those in which something can appear', () =>
  inTempDirectory(async (dir) => {
    await put(dir, {
      'stages/Dockerfile': '',
      'stages/a/b/c': '',
      'stages/not/d': '',
      'stages/.dockerignore': 'not',
    });
    await put(dir, { 'real/policy.json': '' });
    await symlink(join(dir, 'real/policy.json'), join(dir, 'link.json'));
    const { folders } = await readVersions([
      { context: join(dir, 'stages'), dockerfile: 'Dockerfile' },
      { file: join(dir, 'link.json') },
      { file: join(dir, 'none/there') },
    ]);
    const names = [...folders].map((folder) => relative(dir, folder)).sort();
    assert.equal(names, ['', 'none', 'real', 'stages', 'stages/a', 'stages/a/b']);
  }));

test('a context that is not there has no files', async () => {
  assert.equal(await readableOf('/nonexistent/context'), []);
});

test('a file that is written, replaced or deleted has another version, its times set back or not', () =>
  inTempDirectory(async (dir) => {
    const file = join(dir, 'a');
    const versions = new Set<string>();
    const look = async () => versions.add(await fileVersion(file));
    await look();
    await writeFile(file, 'one');
    await look();
    await writeFile(file, 'two');
    await utimes(file, 0, 0);
    await look();
    await writeFile(join(dir, 'b'), 'two');
    await rename(join(dir, 'b'), file);
    await look();
    assert.is(versions.size, 4);
    await rm(file);
    assert.is(await fileVersion(file), 'none');
  }));

test.run();
