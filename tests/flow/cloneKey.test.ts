import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cloneKey } from '../../lib/flow/cloneKey.ts';
import { withCache } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

test('a clone has one key, which another clone does not share', () =>
  withCache(async () => {
    const key = await cloneKey('/clone/one');
    assert.ok(key.equals(await cloneKey('/clone/one')));
    assert.not(key.equals(await cloneKey('/clone/two')));
  }));

test('the key lies in the cache and not in the clone, for its owner alone', () =>
  withCache((cache) =>
    inTempDirectory(async (clone) => {
      await cloneKey(clone);
      assert.equal(await readdir(clone), []);
      const [folder = ''] = await readdir(join(cache, 'keys'));
      for (const path of [join(cache, 'keys', folder), join(cache, 'keys', folder, 'seal.key')]) {
        assert.is((await stat(path)).mode & 0o077, 0, path);
      }
    }),
  ));

test.run();
