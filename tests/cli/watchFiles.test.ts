import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { watchFiles } from '../../lib/cli/watchFiles.ts';
import type { Readable } from '../../lib/flow/readableFiles.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

/** Milliseconds. */
const SETTLE = 40;

interface Watched {
  dir: string;
  /** Watches these from now on: a file, or with a slash at the end a build context. */
  watch: (...names: string[]) => Promise<void>;
  /** Does something and gives the names of the files that are then told to be written. */
  after: (work: () => Promise<unknown>) => Promise<string[]>;
  /** Whether a thing that is done goes unnoticed. */
  isUnnoticed: (work: () => Promise<unknown>) => Promise<boolean>;
}

function inFolder(use: (watched: Watched) => Promise<void>): Promise<void> {
  return inTempDirectory(async (dir) => {
    const files = watchFiles(join(dir, 'out'), SETTLE);
    const abort = new AbortController();
    const saved = async () => {
      const { files: paths } = await files.saved(abort.signal);
      return paths.map((path) => relative(dir, path)).sort();
    };
    try {
      await use({
        dir,
        watch: (...names) =>
          files.watch(
            names.map((name): Readable => {
              const path = join(dir, name);
              return name.endsWith('/') ? { context: path, dockerfile: 'Dockerfile' } : { file: path };
            }),
          ),
        after: async (work) => {
          const told = saved();
          await work();
          return told;
        },
        isUnnoticed: async (work) => {
          await work();
          const quiet = sleep(4 * SETTLE, 'quiet');
          const told = saved();
          told.catch(() => undefined);
          return (await Promise.race([told, quiet])) === 'quiet';
        },
      });
    } finally {
      abort.abort();
      files.close();
    }
  });
}

test('a file that is written over, and one that is replaced by a rename, are told', () =>
  inFolder(async ({ dir, watch, after }) => {
    await writeFile(join(dir, 'a.json'), '1');
    await watch('a.json');
    assert.equal(await after(() => writeFile(join(dir, 'a.json'), '2')), ['a.json']);
    const replace = async () => {
      await writeFile(join(dir, '.a.json.new'), '3');
      await rename(join(dir, '.a.json.new'), join(dir, 'a.json'));
    };
    assert.equal(await after(replace), ['a.json']);
    assert.equal(await after(replace), ['a.json']);
  }));

test('files that are written together are told together', () =>
  inFolder(async ({ dir, watch, after }) => {
    await watch('a', 'b');
    const both = () => Promise.all(['b', 'a', 'a'].map((name) => writeFile(join(dir, name), '')));
    assert.equal(await after(both), ['a', 'b']);
  }));

test('a neighbour, an editor’s own file and what is in the folder of outputs are nothing', () =>
  inFolder(async ({ dir, watch, isUnnoticed }) => {
    await mkdir(join(dir, 'out'));
    await mkdir(join(dir, '.git'));
    await writeFile(join(dir, 'Dockerfile'), '');
    await watch('./', 'a');
    const names = ['.a.swp', 'a~', '4913', '.#a', 'out/report.json', '.git/index'];
    assert.ok(await isUnnoticed(() => Promise.all(names.map((name) => writeFile(join(dir, name), '')))));
  }));

test('a file that goes and comes back is told both times, its folder too', () =>
  inFolder(async ({ dir, watch, after }) => {
    const write = async () => {
      await mkdir(join(dir, 'policies/deep'), { recursive: true });
      await writeFile(join(dir, 'policies/deep/a.json'), '1');
    };
    await write();
    await watch('policies/deep/a.json');
    assert.equal(await after(() => rm(join(dir, 'policies'), { recursive: true })), ['policies/deep/a.json']);
    assert.equal(await after(write), ['policies/deep/a.json']);
    assert.equal(await after(() => writeFile(join(dir, 'policies/deep/a.json'), '2')), [
      'policies/deep/a.json',
    ]);
  }));

test('in a context files in new folders are told, and what .dockerignore leaves out is not', () =>
  inFolder(async ({ dir, watch, after, isUnnoticed }) => {
    await mkdir(join(dir, 'context'));
    await writeFile(join(dir, 'context/.dockerignore'), 'ignored');
    await watch('context/');
    const add = async () => {
      await mkdir(join(dir, 'context/new/deep'), { recursive: true });
      await writeFile(join(dir, 'context/new/deep/file'), '1');
    };
    assert.ok((await after(add)).includes('context/new/deep/file'));
    await sleep(4 * SETTLE);
    assert.equal(await after(() => writeFile(join(dir, 'context/new/deep/file'), '2')), [
      'context/new/deep/file',
    ]);
    assert.ok(await isUnnoticed(() => writeFile(join(dir, 'context/ignored'), '')));
  }));

test('a file behind a link is told by the link’s name', () =>
  inFolder(async ({ dir, watch, after }) => {
    await mkdir(join(dir, 'elsewhere'));
    await writeFile(join(dir, 'elsewhere/real'), '1');
    await symlink(join(dir, 'elsewhere/real'), join(dir, 'link'));
    await watch('link');
    assert.equal(await after(() => writeFile(join(dir, 'elsewhere/real'), '2')), ['link']);
  }));

test('what is written while nobody asks is told when somebody does, and what is watched no more is not', () =>
  inFolder(async ({ dir, watch, after, isUnnoticed }) => {
    await watch('a', 'b');
    await writeFile(join(dir, 'a'), '1');
    await watch('a');
    await sleep(4 * SETTLE);
    assert.equal(await after(() => Promise.resolve()), ['a']);
    assert.ok(await isUnnoticed(() => writeFile(join(dir, 'b'), '1')));
  }));

test('waiting ends with the signal', async () => {
  const files = watchFiles('/nonexistent/out');
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 10);
  for (const title of ['in the middle', 'from the start']) {
    const ended = await files.saved(abort.signal).catch(() => 'ended');
    assert.is(ended, 'ended', title);
  }
  files.close();
});

test.run();
