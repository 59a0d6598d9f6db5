// Runs in a user namespace of its own: gives it an emulator, then tries the canaries on an open engine and on a sealed
// one, and verifies a distro on either. Arguments: the user namespace outside; a folder for what it needs. Prints the
// results as JSON.
import { readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Builder } from '../../../lib/engine/builder.ts';
import { runCommand } from '../../../lib/engine/command.ts';
import { useOwnBuilder } from '../../../lib/engine/ownBuilder.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';
import { tryCanaries } from '../../../lib/proof/canary.ts';
import { writeProject } from '../project.ts';
import { CLI, CLONE, readReport, UNDER_MAKE } from '../verbs.ts';
import type { InNamespace, Tried, Verified } from './tried.ts';

const BINFMT = '/proc/sys/fs/binfmt_misc';
/** Nothing runs in it, so that nothing but the canaries speaks of the emulator. */
const WORKER = 'ARG BASE=scratch\nFROM ${BASE} AS worker\n';
const [outside = '', folder = ''] = process.argv.slice(2);

await registerEmulator();
const project = join(folder, 'project');
await writeProject(project, ['marked'], WORKER);
// One engine at a time: they share their folder, and each waits for the other's end.
const onOpen = await withEngine(false, async (builder) => ({
  tried: await tryEngine(builder),
  asIs: await verify(beside(builder), {}),
  allowed: await verify(beside(builder), { ALLOW_EMULATOR: '1' }),
}));
const sealed = await withEngine(true, tryEngine);
const runs = {
  open: onOpen.asIs,
  allowed: onOpen.allowed,
  sealed: await verify({ command: [], env: {} }, { BUILDER: 'sealed' }),
};
process.stdout.write(JSON.stringify({ open: onOpen.tried, sealed, runs } satisfies InNamespace));

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

async function withEngine<T>(seal: boolean, use: (builder: Builder) => Promise<T>): Promise<T> {
  const builder = await useOwnBuilder({ say, seal });
  try {
    return await use(builder);
  } finally {
    await builder.stop();
  }
}

async function tryEngine(on: Builder): Promise<Tried> {
  const canaries = await tryCanaries({
    builder: on,
    platforms: ['linux/amd64', 'linux/arm64'],
    folder: join(folder, 'canaries'),
    dockerfile: join(CLONE, 'stages/canary.Dockerfile'),
  });
  return { sealed: on.sealed, platform: on.platform, canaries };
}

/** What makes an engine the builder that is there: its CLI on the path, and its loopback for the markers. */
function beside({ docker, env, enter }: Builder): {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
} {
  return { command: enter, env: { ...env, PATH: `${dirname(docker)}:${process.env['PATH'] ?? ''}` } };
}

async function verify(
  { command, env }: ReturnType<typeof beside>,
  options: Readonly<Record<string, string>>,
): Promise<Verified> {
  const out = join(folder, 'out');
  const [program, ...args] = [...command, ...CLI, 'verify'] as const;
  const { exitCode, stdout, stderr } = await execa(program, args, {
    cwd: project,
    env: {
      ...UNDER_MAKE,
      ...env,
      ...options,
      OUT: out,
      WORKER_PATH: 'worker-context,source-policy',
      NO_COLOR: '1',
    },
    reject: false,
  });
  say(stderr);
  const { builder: used, cells } = await readReport(out);
  return {
    status: exitCode ?? null,
    stdout,
    sealed: used.sealed,
    cells: cells.map(({ platform, verdict, detail }) => ({ platform, verdict, detail })),
  };
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
