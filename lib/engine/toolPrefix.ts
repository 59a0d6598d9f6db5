import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { noBuilder } from '../fault/fault.ts';
import { cacheFolder, cacheSubfolder, makeOnce } from './cacheFolder.ts';
import { runCommand } from './command.ts';
import { CommandError, logEnd } from './commandError.ts';
import { readDebianMachine, type DebianMachine } from './debianMirror.ts';
import { downloadForMachine, privateApt, unpack } from './privateApt.ts';

/** Debian packages unpacked into a folder of our own. Nothing on the system knows of them. */
export interface ToolPrefix {
  root: string;
  /** PATH, library and module paths under which the programs in it run. */
  env: Record<string, string>;
}

/**
 * From Debian's next release: the engine, whose packages need nothing newer than libc6 2.34.
 * The release's own Docker is too old to export OCI layouts.
 */
const ENGINE_SUITE = 'forky';
const ENGINE_PACKAGES = ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'];
/** From the machine's own release, with what they depend on and the machine lacks. A builder in a container wants tini. */
const HOST_PACKAGES = [
  'runc',
  'rootlesskit',
  'slirp4netns',
  'uidmap',
  'iproute2',
  'iptables',
  'mmdebstrap',
  'tini',
];
/** Changes when the list of packages or the way they are unpacked does: an older prefix is then made anew. */
const LAYOUT = 4;
const PREFIX = `prefix-${LAYOUT}`;

/** Whether the prefix is there, so that nothing would have to be fetched. */
export function hasToolPrefix(): boolean {
  return existsSync(join(cacheFolder(), 'tools', PREFIX));
}

/**
 * The prefix with the engine's programs; fetched and unpacked if the cache does not hold it whole.
 * `say` gets a line for each step that takes time. Throws a Fault (no builder) where it cannot be made.
 */
export async function toolPrefix(say: (line: string) => void, signal?: AbortSignal): Promise<ToolPrefix> {
  const made = await makeOnce(await cacheSubfolder('tools'), PREFIX, async (work) => {
    const machine = await readDebianMachine();
    say('fetching the engine from Debian’s packages');
    await fetchAndUnpack(machine, work, { say, signal }).catch((error: unknown) => {
      if (!(error instanceof CommandError) || error.cancelled) throw error;
      throw noBuilder(
        `Debian’s packages could not be fetched: ${error.command}\n${logEnd(error.output)}`,
        'check the machine’s apt sources with `apt-get update`, or start Docker 25 or later',
      );
    });
    for (const name of ['engine', 'host']) await rm(join(work, name), { recursive: true, force: true });
  });
  const root = join(made, 'root');
  return { root, env: await prefixEnvironment(root) };
}

async function fetchAndUnpack(
  machine: DebianMachine,
  work: string,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal | undefined },
): Promise<void> {
  const engine = { uri: machine.mirror, suite: ENGINE_SUITE };
  const engineApt = await privateApt(join(work, 'engine'), [engine], machine, 'empty', signal);
  await runCommand('apt-get', ['--yes', 'download', ...ENGINE_PACKAGES], { ...engineApt, signal });
  const host = await downloadForMachine(join(work, 'host'), HOST_PACKAGES, machine, { say, signal });

  const root = join(work, 'root');
  await unpack([engineApt.cwd, host], root, signal);
  // dpkg's alternatives do not run in a prefix: name the programs that dockerd calls.
  await mkdir(join(root, 'usr/sbin'), { recursive: true });
  for (const name of ['iptables', 'ip6tables']) {
    if (existsSync(join(root, `usr/sbin/${name}-nft`)))
      await symlink(`${name}-nft`, join(root, 'usr/sbin', name));
  }
}

/** PATH, library and module paths under which programs unpacked into `root` run. */
export async function prefixEnvironment(root: string): Promise<Record<string, string>> {
  const multiarch = (await readdir(join(root, 'usr/lib')).catch(() => [])).filter((name) =>
    name.endsWith('-linux-gnu'),
  );
  const libraries = multiarch.flatMap((name) => [join(root, 'usr/lib', name), join(root, 'lib', name)]);
  const perl = [join(root, 'usr/share/perl5')];
  for (const parent of [join(root, 'usr/share/perl'), ...libraries.map((folder) => join(folder, 'perl'))]) {
    for (const version of await readdir(parent).catch(() => [])) perl.push(join(parent, version));
  }
  const programs = ['usr/sbin', 'sbin', 'usr/bin', 'bin'].map((folder) => join(root, folder));
  return {
    // The system's sbin folders are not on every user's PATH, and mount, ip and nsenter's neighbours live there.
    PATH: [...programs, process.env['PATH'] ?? '/usr/bin:/bin', '/usr/sbin', '/sbin'].join(':'),
    LD_LIBRARY_PATH: libraries.join(':'),
    XTABLES_LIBDIR:
      libraries.map((folder) => join(folder, 'xtables')).find((folder) => existsSync(folder)) ?? '',
    PERL5LIB: perl.join(':'),
  };
}
