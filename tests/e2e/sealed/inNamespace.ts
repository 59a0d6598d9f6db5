// Runs in a user namespace of its own: gives it an emulator, then tries the canaries on an open engine and on a sealed
// one. Arguments: the user namespace outside; a folder for what it needs. Prints the results as JSON.
import { readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../lib/engine/command.ts';
import { useOwnBuilder } from '../../../lib/engine/ownBuilder.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';
import { tryCanaries } from '../../../lib/proof/canary.ts';
import { CLONE } from '../verbs.ts';
import type { Tried } from './tried.ts';

const BINFMT = '/proc/sys/fs/binfmt_misc';
const [outside = '', folder = ''] = process.argv.slice(2);

await registerEmulator();
const open = await tryEngine(false);
const sealed = await tryEngine(true);
process.stdout.write(JSON.stringify([open, sealed]));

/**
 * A handler for arm64 programs that answers with status 0 to whatever it is given: it is no QEMU, and runs nothing of
 * them, but a build cannot tell. Flag F opens it now, so that it is there in every root (kernel `binfmt-misc.rst`).
 */
async function registerEmulator(): Promise<void> {
  if ((await readlink('/proc/self/ns/user')) === outside)
    throw new Error('still in the host’s user namespace: the emulator would be registered there');
  await runCommand('mount', ['-t', 'binfmt_misc', 'none', BINFMT]);
  const emulator = join(folder, 'emulator');
  await writeFile(emulator, canaryElf('linux/amd64'), { mode: 0o755 });
  // The first 20 bytes of an ELF header, without the ABI and its version, and e_type but for its lowest bit.
  const magic = canaryElf('linux/arm64').subarray(0, 20);
  const mask = Buffer.from('ffffffffffffff000000000000000000feffffff', 'hex');
  const hex = (bytes: Buffer) => bytes.toString('hex').replace(/../g, '\\x$&');
  await writeFile(join(BINFMT, 'register'), `:answers-arm64:M::${hex(magic)}:${hex(mask)}:${emulator}:F`);
}

async function tryEngine(seal: boolean): Promise<Tried> {
  const builder = await useOwnBuilder({ say: (line) => process.stderr.write(`${line}\n`), seal });
  try {
    const canaries = await tryCanaries({
      builder,
      platforms: ['linux/amd64', 'linux/arm64'],
      folder: join(folder, 'canaries'),
      dockerfile: join(CLONE, 'stages/canary.Dockerfile'),
    });
    return { sealed: builder.sealed, platform: builder.platform, canaries };
  } finally {
    await builder.stop();
  }
}
