import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { processesWith } from './processesWith.ts';

/** A cache and a folder for temporary files that are a test's own, so that no engine is up and what is left is seen. */
export interface OwnCache {
  cache: string;
  temporary: string;
  /** What a verb is given to use them, and an engine of its own. */
  variables: { BUILDER: string; PLATFORM_MARKER_CACHE: string; TMPDIR: string };
}

/** Makes them in a folder. What is named in `shared` is not fetched or made again. */
export async function makeOwnCache(
  folder: string,
  shared: readonly string[] = ['tools', 'bases'],
): Promise<OwnCache> {
  const cache = join(folder, 'cache');
  const temporary = join(folder, 'tmp');
  await mkdir(cache);
  await mkdir(temporary);
  for (const name of shared) {
    await mkdir(join(cacheFolder(), name), { recursive: true });
    await symlink(join(cacheFolder(), name), join(cache, name));
  }
  return {
    cache,
    temporary,
    variables: { BUILDER: 'own', PLATFORM_MARKER_CACHE: cache, TMPDIR: temporary },
  };
}

/** What runs left in a folder for temporary files. What the loader of TypeScript keeps there is its own. */
export async function leftIn(temporary: string): Promise<string[]> {
  return (await readdir(temporary)).filter((name) => !name.startsWith('tsx-'));
}

/** Asserts that runs with that cache and those outputs left no process, mount, temporary folder or lock. */
export async function assertNothingLeft({ cache, temporary }: OwnCache, out: string): Promise<void> {
  assert.equal(await processesWith(cache), []);
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  assert.equal(
    mounts.filter((line) => line.includes(cache) || line.includes(temporary) || line.includes(out)),
    [],
  );
  assert.equal(await leftIn(temporary), []);
  for (const name of ['.lock', 'owner.json']) assert.not(existsSync(join(out, name)), name);
  const engine = await readdir(join(cache, 'engine')).catch(() => []);
  assert.equal(
    engine.filter((name) => name !== 'sealed' && name !== 'open'),
    [],
  );
  assert.not(existsSync(join(cache, 'engine.lock')));
  for (const name of ['tools', 'bases']) {
    const made = await readdir(join(cache, name)).catch(() => []);
    assert.equal(
      made.filter((one) => one.startsWith('unfinished-')),
      [],
    );
  }
}

/** Waits for a file whose name in a folder matches. */
export async function untilThere(folder: string, name: RegExp): Promise<void> {
  for (let tries = 0; tries < 3_000; tries += 1) {
    if ((await readdir(folder).catch(() => [])).some((entry) => name.test(entry))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nothing called ${String(name)} came into ${folder}`);
}
