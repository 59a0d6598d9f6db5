import { readFile } from 'node:fs/promises';
import { noBuilder } from '../fault/fault.ts';
import { runCommand } from './command.ts';

/** A suite of an archive that apt fetches from. */
export interface AptSource {
  uri: string;
  suite: string;
}

/** What this machine says of itself and of the Debian mirror it uses. */
export interface DebianMachine {
  /** Debian's name of the machine's architecture: `amd64`. */
  architecture: string;
  /** The suites of its own release, such as bookworm, bookworm-updates, bookworm-security. */
  sources: readonly AptSource[];
  /** Where the main archive is fetched from; other suites of Debian are there too. */
  mirror: string;
  /** The archive's keys. */
  keyring: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Reads the machine's own apt configuration, in whichever of apt's two formats it is written.
 * Throws a Fault (no builder) where this is not a Debian machine with an apt source of its own release.
 */
export async function readDebianMachine(): Promise<DebianMachine> {
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(
    await readFile('/etc/os-release', 'utf8').catch(() => ''),
  )?.[1];
  const sources = await listSources().catch(() => []);
  const own = sources.filter(
    ({ suite }) => codename !== undefined && (suite === codename || suite.startsWith(`${codename}-`)),
  );
  const main = own.find(({ suite, uri }) => suite === codename && /\/debian\/?$/.test(uri));
  if (!main) {
    throw noBuilder(
      'an engine of the project’s own needs Debian 12 or later with an apt source of its own release',
      'start Docker 25 or later with the containerd image store, or name a builder with BUILDX_BUILDER',
    );
  }
  const { stdout } = await runCommand('dpkg', ['--print-architecture']);
  return { architecture: stdout.trim(), sources: own, mirror: main.uri, keyring: KEYRING };
}

/** As `apt-get update` would ask for them, which it knows before it has ever fetched an index. */
async function listSources(): Promise<AptSource[]> {
  const { stdout } = await runCommand('apt-get', ['update', '--print-uris'], { env: { LC_ALL: 'C' } });
  return [...stdout.matchAll(/^'([^']+)\/dists\/([^']+)\/InRelease'/gm)].map(([, uri = '', suite = '']) => ({
    uri,
    suite,
  }));
}
