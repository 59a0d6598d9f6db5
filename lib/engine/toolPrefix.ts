import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noBuilder } from '../fault/fault.ts';
import { cacheFolder, cacheSubfolder, makeOnce } from './cacheFolder.ts';
import { runCommand } from './command.ts';
import { CommandError, logEnd } from './commandError.ts';
import { readDebianMachine, type AptSource, type DebianMachine } from './debianMirror.ts';

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
/** From the machine's own release, with what they depend on and the machine lacks. */
const HOST_PACKAGES = ['runc', 'rootlesskit', 'slirp4netns', 'uidmap', 'iproute2', 'iptables', 'mmdebstrap'];
/**
 * A mirror may lag behind: a signed Release file of a suite in development says that it is valid for a week.
 * A signature older than this many seconds (90 days) is refused.
 */
const MIN_VALID_SECONDS = 90 * 24 * 3600;
/** Changes when the list of packages or the way they are unpacked does: an older prefix is then made anew. */
const LAYOUT = 3;
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
    await fetchAndUnpack(machine, work, signal).catch((error: unknown) => {
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

async function fetchAndUnpack(machine: DebianMachine, work: string, signal?: AbortSignal): Promise<void> {
  const engine = { uri: machine.mirror, suite: ENGINE_SUITE };
  const engineApt = await privateApt(join(work, 'engine'), [engine], machine, 'empty', signal);
  await runCommand('apt-get', ['--yes', 'download', ...ENGINE_PACKAGES], { ...engineApt, signal });
  const hostApt = await privateApt(join(work, 'host'), machine.sources, machine, 'machine', signal).catch(
    (error: unknown) => {
      if (!(error instanceof CommandError) || error.cancelled) throw error;
      // An update or security suite whose index is broken on the mirror must not stop what the main suite can do.
      const main = machine.sources.filter(({ uri }) => uri === machine.mirror);
      return privateApt(join(work, 'host'), main.slice(0, 1), machine, 'machine', signal);
    },
  );
  const install = ['--yes', '--download-only', '--no-install-recommends', 'install', ...HOST_PACKAGES];
  await runCommand('apt-get', install, { ...hostApt, signal });

  const root = join(work, 'root');
  await mkdir(root);
  for (const folder of [engineApt.cwd, hostApt.cwd]) {
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['--extract', join(folder, name), root], { signal });
    }
  }
  // dpkg's alternatives do not run in a prefix: name the programs that dockerd calls.
  await mkdir(join(root, 'usr/sbin'), { recursive: true });
  for (const name of ['iptables', 'ip6tables']) {
    if (existsSync(join(root, `usr/sbin/${name}-nft`)))
      await symlink(`${name}-nft`, join(root, 'usr/sbin', name));
  }
}

/** An apt of our own: own lists, own cache, the machine's keys. Returns the environment and the folder for archives. */
async function privateApt(
  folder: string,
  sources: readonly AptSource[],
  machine: DebianMachine,
  status: 'empty' | 'machine',
  signal?: AbortSignal,
): Promise<{ env: Record<string, string>; cwd: string }> {
  await rm(folder, { recursive: true, force: true });
  const archives = join(folder, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  if (status === 'empty') await writeFile(join(folder, 'status'), '');
  else await copyFile('/var/lib/dpkg/status', join(folder, 'status'));
  const entries = sources.map(
    ({ uri, suite }) => `deb [signed-by=${machine.keyring}] ${uri} ${suite} main\n`,
  );
  await writeFile(join(folder, 'sources.list'), entries.join(''));
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::archives': archives,
    'APT::Architecture': machine.architecture,
    'APT::Architectures': machine.architecture,
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::Min-ValidTime': String(MIN_VALID_SECONDS),
    'Acquire::Retries': '3',
    'APT::Update::Error-Mode': 'any',
    'Debug::NoLocking': 'true',
  };
  const config = join(folder, 'apt.conf');
  await writeFile(
    config,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  const env = { APT_CONFIG: config, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update'], { env, signal });
  return { env, cwd: archives };
}

async function prefixEnvironment(root: string): Promise<Record<string, string>> {
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
