import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listHandlers, lookAtFolder, lookAtNode, whyNotSealed } from '../../lib/doctor/machine.ts';

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-doctor-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

for (const [version, standing] of [
  ['20.10.0', 'good'],
  ['24.0.1', 'good'],
  ['20.9.0', 'missing'],
  ['18.20.4', 'missing'],
] as const)
  test(`Node ${version} is ${standing}`, () => {
    assert.is(lookAtNode(version).standing, standing);
  });

test('Handlers of ELF programs that are on are the host’s emulators; others are not', () =>
  withFolder(async (folder) => {
    const handler = (head: string, magic: string) =>
      `${head}\ninterpreter /usr/bin/qemu-aarch64\nflags: OCF\noffset 0\nmagic ${magic}\nmask ff\n`;
    await writeFile(join(folder, 'qemu-aarch64'), handler('enabled', '7f454c460201010000'));
    await writeFile(join(folder, 'qemu-arm'), handler('disabled', '7f454c460101010000'));
    await writeFile(join(folder, 'jar'), handler('enabled', '504b0304'));
    await writeFile(join(folder, 'status'), 'enabled\n');
    assert.equal(await listHandlers(folder), ['qemu-aarch64']);
    assert.equal(await listHandlers(join(folder, 'not-mounted')), []);
  }));

test('A folder that is not there yet is looked at where it would be made, and is not made', () =>
  withFolder(async (folder) => {
    const { standing, text } = await lookAtFolder('out', join(folder, 'a/b'), 'x');
    assert.is.not(standing, 'missing');
    assert.match(text, /^\d+(\.\d)?[kMG]?B free for .*a\/b$/);
    assert.equal(await readdir(folder), []);
  }));

test('A folder that cannot be made, or on a file system without room, is missing, with what to do', () =>
  withFolder(async (folder) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    assert.equal(await lookAtFolder('out', join(file, 'x/y'), 'name another'), {
      ...{ topic: 'out', standing: 'missing' },
      ...{ text: `${file} is not a folder`, fix: 'name another' },
    });
    const { standing, fix } = await lookAtFolder('out', '/proc/x', 'name another');
    assert.equal([standing, fix?.endsWith('name another')], ['missing', true]);
  }));

test('A kernel before 6.7 gives no binfmt_misc of an engine’s own', async () => {
  assert.match((await whyNotSealed('6.6.9-generic')) ?? '', /Linux 6\.6\.9-generic is older than 6\.7/);
  assert.match((await whyNotSealed('5.15.0')) ?? '', /older/);
  assert.not.match((await whyNotSealed('6.10.1')) ?? '', /older/);
});

test.run();
