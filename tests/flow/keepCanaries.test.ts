import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Builder } from '../../lib/engine/builder.ts';
import { keepCanaries } from '../../lib/flow/keepCanaries.ts';
import type { CanaryResult } from '../../lib/proof/canary.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';

const SEALED = { exclusive: true, sealed: true, platform: 'linux/amd64' } as unknown as Builder;
const refused: CanaryResult = { platform: 'linux/arm64', op: 'linux/amd64', outcome: 'refused' };
const native: CanaryResult = { platform: 'linux/amd64', op: 'linux/amd64', outcome: 'ran' };

/** How often the canaries ran in runs on a builder, and what was noted; `between` is done after the first. */
function runs(
  builder: Builder,
  results: CanaryResult[],
  {
    platforms = [['linux/arm64']],
    between,
  }: { platforms?: string[][]; between?: (file: string) => Promise<void> },
): Promise<{ ran: number; notes: string[] }> {
  return inTempDirectory(async (folder) => {
    const dockerfile = join(folder, 'canary.Dockerfile');
    await writeFile(dockerfile, 'FROM scratch');
    const notes: string[] = [];
    let ran = 0;
    const keep = keepCanaries(() => {
      ran += 1;
      return Promise.resolve(results);
    });
    for (const [at, of] of [...platforms, ...platforms.slice(-1)].entries()) {
      const got = await keep({ builder, platforms: of, folder, dockerfile }, (line) => notes.push(line));
      assert.equal(got, results);
      if (at === 0) await between?.(dockerfile);
    }
    return { ran, notes };
  });
}

test('on a sealed engine of the project’s own they run once, with a note on when', async () => {
  const { ran, notes } = await runs(SEALED, [native, refused], {});
  assert.is(ran, 1);
  assert.is(notes.length, 1);
  assert.match(
    notes[0] ?? '',
    /^the canaries ran at \d\d:\d\d:\d\d, on the sealed engine that has been up since$/,
  );
});

for (const [title, builder] of [
  ['an open engine', { ...SEALED, sealed: false }],
  ['a builder that others use too', { ...SEALED, exclusive: false }],
] as [string, Builder][]) {
  test(`on ${title} they run each time`, async () => {
    assert.equal(await runs(builder, [native, refused], {}), { ran: 2, notes: [] });
  });
}

for (const [title, results] of [
  ['one ran', [native, { ...refused, outcome: 'ran' }]],
  ['it is not known of one', [native, { ...refused, outcome: 'unknown' }]],
  ['the native one did not run', [{ ...native, outcome: 'refused' }, refused]],
] as [string, CanaryResult[]][]) {
  test(`where ${title}, they run again`, async () => {
    assert.is((await runs(SEALED, results, {})).ran, 2);
  });
}

test('for another platform, or from another Dockerfile, they run again', async () => {
  const platforms = [['linux/arm64'], ['linux/arm64', 'linux/riscv64']];
  assert.is((await runs(SEALED, [native, refused], { platforms })).ran, 2);
  const between = (file: string) => writeFile(file, 'FROM scratch AS other');
  assert.is((await runs(SEALED, [native, refused], { between })).ran, 2);
});

test.run();
