import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gzipSync } from 'node:zlib';
import type { CompressedTarLimits } from '../../../lib/oci/limits.ts';
import { openCompressedTar } from '../../../lib/oci/store/compressedTar.ts';
import type { LayoutFiles } from '../../../lib/oci/store/files.ts';
import { breaksRule } from '../../fixtures/layouts/breaksRule.ts';
import { collect } from '../../fixtures/layouts/chunks.ts';
import { inTempDirectory } from '../../fixtures/layouts/inTempDirectory.ts';
import { tar } from '../../fixtures/layouts/tarBytes.ts';

const FILES: [string, string][] = [
  ['oci-layout', 'small'],
  ['blobs/sha256/a', 'a'.repeat(700_000)],
  ['readme', 'not a file of a layout'],
  ['index.json', ''],
  ['blobs/sha256/b', 'b'.repeat(1000)],
];

function withTar(limits: CompressedTarLimits, run: (files: LayoutFiles) => Promise<void>): Promise<void> {
  return inTempDirectory(async (dir) => {
    const path = join(dir, 'layout.tar.gz');
    await writeFile(path, gzipSync(tar(...FILES.map(([name, content]) => ({ name, content })))));
    await run(await openCompressedTar(path, 'gzip', { limits }));
  });
}

const ROOMY = { unpackedBytes: 2 ** 20, allPassesBytes: 2 ** 30 };

/** Limits under which no file, some files, or all files are kept from the first pass. */
const limits: Record<string, CompressedTarLimits> = {
  nothing: { ...ROOMY, keptFileBytes: 0, keptBytes: 0 },
  'small files': { ...ROOMY, keptFileBytes: 1000, keptBytes: 2 ** 20 },
  'the first files': { ...ROOMY, keptFileBytes: 2 ** 20, keptBytes: 700_005 },
  everything: { ...ROOMY, keptFileBytes: 2 ** 20, keptBytes: 2 ** 20 },
};

for (const [what, kept] of Object.entries(limits)) {
  test(`reads every file of a layout when it keeps ${what} from the first pass`, () =>
    withTar(kept, async (files) => {
      for (const [name, content] of FILES.filter(([name]) => name !== 'readme')) {
        const file = files.find(name);
        assert.is(file?.size, content.length);
        assert.is((await collect(file?.read() ?? [])).toString(), content);
      }
      assert.is(files.find('readme'), undefined);
    }));
}

test('refuses a tar that unpacks to more than it may', () =>
  breaksRule(
    'layout-too-large',
    withTar({ ...ROOMY, unpackedBytes: 700_000, keptFileBytes: 0, keptBytes: 0 }, () => Promise.resolve()),
  ));

test('refuses to go over a tar again and again without end', () =>
  withTar({ ...ROOMY, allPassesBytes: 2_000_000, keptFileBytes: 0, keptBytes: 0 }, async (files) => {
    const file = files.find('blobs/sha256/b');
    await collect(file?.read() ?? []);
    await breaksRule('layout-too-large', collect(files.find('blobs/sha256/b')?.read() ?? []));
  }));

test.run();
