import { mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheFolder } from '../../lib/engine/cacheFolder.ts';
import { toolPrefix } from '../../lib/engine/toolPrefix.ts';
import { emulatorFor } from '../../lib/proof/canary.ts';
import { runInNamespace } from './sealed/emulatorNamespace.ts';
import type { InNamespace, Tried, Verified } from './sealed/tried.ts';
import { withFolder } from './verbs.ts';

const TITLE = 'An emulator makes every cell unproven on an open engine, and is out of reach of a sealed one';
const missing = whatIsMissing();
if (missing === undefined) test(TITLE, compareEngines);
else {
  process.stdout.write(`skipped: ${TITLE}: ${missing}\n`);
  test.skip(TITLE, compareEngines);
}

function compareEngines(): Promise<void> {
  return withFolder(async (folder) => {
    const cache = join(folder, 'cache');
    await mkdir(cache);
    // Engines with a state of their own, whose programs are not fetched again.
    await toolPrefix(() => undefined);
    await symlink(join(cacheFolder(), 'tools'), join(cache, 'tools'));
    const before = await handlersOutside();
    const printed = await runInNamespace(
      fileURLToPath(new URL('sealed/inNamespace.ts', import.meta.url)),
      [await readlink('/proc/self/ns/user'), folder],
      { PLATFORM_MARKER_CACHE: cache, TMPDIR: folder },
    );
    const { open, sealed, runs } = JSON.parse(printed) as InNamespace;

    assert.is(open.sealed, false);
    assert.equal(outcomes(open), [
      'linux/amd64 in linux/amd64: ran',
      'linux/arm64 in linux/amd64: ran',
      'linux/arm64 in linux/arm64: ran',
    ]);
    assert.is(
      emulatorFor('linux/arm64', open.canaries, open.platform),
      'binfmt_misc has a handler for linux/arm64: its programs run on this builder. --builder sealed keeps it out of reach',
    );

    assert.is(sealed.sealed, true);
    assert.equal(outcomes(sealed), [
      'linux/amd64 in linux/amd64: ran',
      'linux/arm64 in linux/amd64: refused',
      'linux/arm64 in linux/arm64: refused',
    ]);
    assert.is(emulatorFor('linux/arm64', sealed.canaries, sealed.platform), undefined);

    assert.is(runs.open.sealed, false);
    assert.equal(verdicts(runs.open), ['unproven']);
    assert.is(runs.open.status, 1);
    assert.match(runs.open.stdout, /unproven marked .*binfmt_misc has a handler for linux\/arm64/);
    assert.match(runs.open.stdout, /BUILDER=sealed/);
    assert.equal(verdicts(runs.allowed), ['pass']);
    assert.is(runs.allowed.status, 0);
    assert.match(runs.allowed.stdout, /note: .*ALLOW_EMULATOR/);
    assert.is(runs.sealed.sealed, true);
    assert.equal(verdicts(runs.sealed), ['pass']);
    assert.is(runs.sealed.status, 0);

    assert.equal(await handlersOutside(), before, 'the host’s handlers are what they were');
  });
}

function outcomes({ canaries }: Tried): string[] {
  return canaries.map(({ platform, op, outcome, log = '' }) =>
    `${platform} in ${op}: ${outcome} ${log}`.trimEnd(),
  );
}

function verdicts({ cells }: Verified): string[] {
  assert.is(cells.length, 4);
  return [...new Set(cells.map(({ verdict }) => verdict))];
}

function handlersOutside(): Promise<string[]> {
  return readdir('/proc/sys/fs/binfmt_misc').catch(() => []);
}

function whatIsMissing(): string | undefined {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 7))
    return 'binfmt_misc belongs to the user namespace since Linux 6.7';
  if (process.getuid?.() !== 0) return 'a namespace with a second one’s ids in it takes root';
  if (process.arch !== 'x64') return 'its emulator is a program for amd64';
  return undefined;
}

test.run();
