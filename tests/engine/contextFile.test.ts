import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeContextFile } from '../../lib/engine/contextFile.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

test('Files of one length that are written in one tick of the clock differ by their times, and the same ones do not', () =>
  inTempDirectory(async (dir) => {
    const timeOf = async (content: string, name: string) => {
      const file = join(dir, name);
      await writeContextFile(file, content, 0o755);
      assert.is(await readFile(file, 'utf8'), content);
      const { mtimeNs, mode } = await stat(file, { bigint: true });
      assert.is(Number(mode) & 0o777, 0o755);
      return mtimeNs;
    };
    const contents = Array.from(
      { length: 500 },
      (_, index) => `linux/arm64 ${String(index).padStart(3, '0')}`,
    );
    const times = await Promise.all(contents.map((content, index) => timeOf(content, `one-${index}`)));
    assert.is(new Set(times).size, contents.length);
    const again = await Promise.all(contents.map((content, index) => timeOf(content, `two-${index}`)));
    assert.equal(again, times);
    assert.ok(times.every((time) => time >= 0n && time < 2n ** 31n * 1_000_000_000n));
  }));

test.run();
