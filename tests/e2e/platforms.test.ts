import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBake } from '../../lib/bake/runBake.ts';
import { CommandError } from '../../lib/engine/commandError.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { writeBase } from '../base/distro.ts';
import { TAKEN_PLATFORMS } from '../oci/takenPlatforms.ts';

let folder = '';
let builder: Builder;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  builder = await keepOwnEngine({ say: () => undefined });
});

test.after(async () => {
  await builder.stop();
  await rm(folder, { recursive: true, force: true });
});

test('BuildKit takes the image of an index that the table has for a platform, and none where that has none', async () => {
  const target: Record<string, object> = {};
  for (const [at, [wanted, held]] of TAKEN_PLATFORMS.entries()) {
    const layout = join(folder, `held-${at}`);
    // One more than the table has: a layout of a single image is taken for any platform.
    await writeBase(layout, [...held, 'linux/mips64le']);
    target[`case-${at}`] = {
      'dockerfile-inline': 'FROM base',
      contexts: { base: `oci-layout://${layout}:latest` },
      platforms: [wanted],
      output: [`type=local,dest=${join(folder, `taken-${at}`)}`],
    };
  }
  const file = join(folder, 'cases.json');
  await writeFile(file, JSON.stringify({ target }));
  const named = TAKEN_PLATFORMS.map((row, at) => ({ row, name: `case-${at}`, at }));
  const build = (targets: string[]) => runBake(builder, { files: [file], targets });
  await build(named.filter(({ row: [, , found] }) => found !== undefined).map(({ name }) => name));
  for (const { row, at } of named) {
    const [wanted, held, found] = row;
    if (found === undefined) continue;
    const taken = await readFile(join(folder, `taken-${at}`, 'etc/platform'), 'utf8');
    assert.is(taken, found, `${wanted} of ${held.join(', ')}`);
  }
  // A build that fails ends the others of its bake.
  await Promise.all(
    named.map(async ({ row: [wanted, held, found], name }) => {
      if (found !== undefined) return;
      const error = await build([name]).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      assert.instance(error, CommandError, `something was taken for ${wanted} from ${held.join(', ')}`);
      assert.match((error as CommandError).output, /no match for platform/);
    }),
  );
});

test.run();
