import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeFiles } from '../../lib/cli/mergeFiles.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

/** Reports of two shards, and one of another run. */
async function writeFiles(dir: string): Promise<void> {
  for (const name of ['1', '2', 'out']) {
    await mkdir(join(dir, name));
    await writeFile(join(dir, name, 'report.json'), '{}');
  }
}

test('Reports are named by file, by folder or by pattern', () =>
  inTempDirectory(async (dir) => {
    await writeFiles(dir);
    const [one, two] = [join(dir, '1/report.json'), join(dir, '2/report.json')];
    const out = join(dir, 'merged');
    assert.equal(await mergeFiles([two, join(dir, '1')], out), [two, one]);
    assert.equal(await mergeFiles([join(dir, '[12]/*.json')], out), [one, two]);
  }));

test('A name that leads nowhere, a report named twice, and one that would be written over are refused', () =>
  inTempDirectory(async (dir) => {
    await writeFiles(dir);
    await symlink(join(dir, '1'), join(dir, 'alias'));
    const names = ['1', 'alias', 'out', 'x*'].map((name) => join(dir, name));
    const { message } = await faultOf(mergeFiles(names, join(dir, 'out')));
    assert.match(message, /alias\/report\.json: is named twice, also as .*1\/report\.json/);
    assert.match(
      message,
      /out\/report\.json: the merged report would be written over this one[^]*--out <folder>/,
    );
    assert.match(message, /no report at .*x\*/);
  }));

test.run();
