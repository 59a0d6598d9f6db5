import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileVersion } from '../../lib/flow/readableFiles.ts';
import { writeChanged } from '../../lib/flow/writeChanged.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

test('a file that holds the text already is not written again, any other is', () =>
  inTempDirectory(async (dir) => {
    const file = join(dir, 'Dockerfile');
    await writeChanged(file, 'FROM scratch');
    const before = await fileVersion(file);
    await writeChanged(file, 'FROM scratch');
    assert.is(await fileVersion(file), before);
    await writeChanged(file, 'FROM base');
    assert.is(await readFile(file, 'utf8'), 'FROM base');
  }));

test.run();
