import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { CommandError } from './commandError.ts';
import type { AptSource, DebianMachine } from './debianMirror.ts';

/**
 * A mirror may lag behind: a signed Release file of a suite in development says that it is valid for a week.
 * A signature older than this many seconds (90 days) is refused.
 */
const MIN_VALID_SECONDS = 90 * 24 * 3600;

/** An apt of our own: own lists, own cache, the machine's keys. Returns the environment and the folder for archives. */
export async function privateApt(
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
  // What apt says is read: LANGUAGE outranks LC_ALL unless that is plain C.
  const env = { APT_CONFIG: config, LC_ALL: 'C', LANGUAGE: '', DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update'], { env, signal });
  return { env, cwd: archives };
}

/** What apt says of a suite that is signed by nobody, by another key, or was changed since, but not of one that is not there. */
const BAD_SIGNATURE = /GPG error|NO_PUBKEY|BADSIG|EXPKEYSIG|REVKEYSIG|is not signed|signatures? .*invalid/i;

/**
 * Fetches packages of the machine's own release with what they depend on and the machine lacks. Returns the folder that the
 * `.deb` files are in, below `folder`. Where an update or security suite cannot be read, the main suite is used alone, and
 * `say` is told; not where a signature is bad. Throws a CommandError where apt fails.
 */
export async function downloadForMachine(
  folder: string,
  packages: readonly string[],
  machine: DebianMachine,
  { say, signal }: { say: (line: string) => void; signal?: AbortSignal | undefined },
): Promise<string> {
  const apt = await privateApt(folder, machine.sources, machine, 'machine', signal).catch(
    (error: unknown) => {
      if (!(error instanceof CommandError) || error.cancelled || BAD_SIGNATURE.test(error.output))
        throw error;
      // A suite whose index is broken on the mirror must not stop what the main suite can do.
      const main = machine.sources.filter(({ uri }) => uri === machine.mirror).slice(0, 1);
      const suites = machine.sources.filter((source) => !main.includes(source)).map(({ suite }) => suite);
      const [why = 'apt-get update failed'] = /^E: .*$/m.exec(error.output) ?? [];
      say(`${suites.join(', ')} cannot be read; without its updates: ${why}`);
      return privateApt(folder, main, machine, 'machine', signal);
    },
  );
  const install = ['--yes', '--download-only', '--no-install-recommends', 'install', ...packages];
  await runCommand('apt-get', install, { ...apt, signal });
  return apt.cwd;
}

/** Unpacks the `.deb` files of these folders into `root`; none of their scripts run. */
export async function unpack(folders: readonly string[], root: string, signal?: AbortSignal): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const folder of folders) {
    for (const name of (await readdir(folder)).filter((file) => file.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['--extract', join(folder, name), root], { signal });
    }
  }
}
