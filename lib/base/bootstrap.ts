import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheSubfolder, makeOnce } from '../engine/cacheFolder.ts';
import { runCommand } from '../engine/command.ts';
import { CommandError } from '../engine/commandError.ts';
import { readDebianMachine } from '../engine/debianMirror.ts';
import { toolPrefix } from '../engine/toolPrefix.ts';
import { wrongInput } from '../fault/fault.ts';
import { platformSlug } from '../oci/platform.ts';
import { writeLayout } from '../oci/writeLayout.ts';
import { debianArchitecture } from './debianArchitecture.ts';
import { joinLayouts } from '../oci/joinLayouts.ts';

/** Changes when what goes into a bootstrapped base does: the cache then makes it anew. */
const RECIPE = 2;
/** Until this release Debian's own images kept /bin, /sbin and /lib apart from /usr. */
const UNMERGED_SUITES: readonly string[] = ['bullseye', 'buster', 'stretch'];
const FOREIGN_PACKAGES = ['?essential', '?priority(required)', 'apt', 'debian-archive-keyring'];

const LAYOUT = 'layout';
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a base is made from. */
interface Bootstrap {
  suite: string;
  platforms: readonly string[];
  buildPlatform: string;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/**
 * A Debian base made from Debian's own packages, as an OCI layout in the cache; returns the layout's folder. Each
 * platform's root is kept by itself, so that one platform more makes one root more.
 *
 * The build platform's root is installed natively (mmdebstrap `minbase`), so that its apt works. A foreign root is
 * unpacked only (`extract`): nothing of it runs, and its dpkg database says `unpacked`. Device nodes are left out,
 * which a builder in a user namespace could not unpack.
 *
 * Throws a Fault (wrong input) for a platform that Debian has no port for.
 */
export async function bootstrapDebian(wanted: Bootstrap): Promise<string> {
  const { suite, platforms } = wanted;
  const name = bootstrapName(suite, platforms);
  const joined = await makeOnce(await cacheSubfolder('bases'), name, async (work) => {
    const layouts: string[] = [];
    for (const platform of platforms) layouts.push(await bootstrapImage(wanted, platform));
    await joinLayouts(join(work, LAYOUT), layouts);
  });
  return join(joined, LAYOUT);
}

/** What a base of these platforms is called in the cache’s folder of bases, where its layout is the folder `layout`. */
export function bootstrapName(suite: string, platforms: readonly string[]): string {
  return ['all', suite, ...platforms.map(platformSlug), `r${RECIPE}`].join('_');
}

async function bootstrapImage(
  { suite, buildPlatform, say, signal }: Bootstrap,
  platform: string,
): Promise<string> {
  const native = platform === buildPlatform;
  const name = [suite, platformSlug(platform), native ? 'installed' : 'unpacked', `r${RECIPE}`].join('_');
  const made = await makeOnce(await cacheSubfolder('bases'), name, async (work) => {
    say(`making a base of ${suite} for ${platform} from Debian’s packages`);
    const tar = join(work, 'root.tar');
    await makeRoot(suite, platform, native, tar, signal);
    const image = { platform, layers: [{ path: tar }], config: { Env: [PATH], Cmd: ['bash'] } };
    await writeLayout(join(work, LAYOUT), { images: [image], ref: 'latest' });
    await rm(tar);
  });
  return join(made, LAYOUT);
}

/** Where root cannot, as in a container without that capability, mmdebstrap mounts nothing either. */
async function canUnshare(signal?: AbortSignal): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  try {
    await runCommand('unshare', ['--mount', 'true'], { signal });
    return true;
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return false;
  }
}

async function makeRoot(
  suite: string,
  platform: string,
  native: boolean,
  tar: string,
  signal?: AbortSignal,
): Promise<void> {
  const architecture = debianArchitecture(platform);
  if (architecture === undefined) {
    throw wrongInput({
      message: `Debian has no port for ${platform}`,
      next: 'take the platform out of distros.yaml',
    });
  }
  const { mirror, keyring } = await readDebianMachine();
  const { env } = await toolPrefix(() => undefined, signal);
  const hook = (name: string) => `sh '${fileURLToPath(new URL(name, import.meta.url))}' "$1"`;
  const foreign = [
    '--variant=extract',
    ...FOREIGN_PACKAGES.map((name) => `--include=${name}`),
    ...(UNMERGED_SUITES.includes(suite) ? [] : [`--setup-hook=${hook('mergedUsr.sh')}`]),
    `--extract-hook=${hook('dpkgStatus.sh')}`,
  ];
  const args = [
    ...(native ? ['--variant=minbase', '--include=debian-archive-keyring'] : foreign),
    `--architectures=${architecture}`,
    '--skip=output/dev',
    '--skip=check/qemu',
    '--format=tar',
    suite,
    tar,
    `deb [signed-by=${keyring}] ${mirror} ${suite} main`,
  ];
  // Root's mmdebstrap mounts /proc and more where it stands, and only it takes that away: a run that is killed would leave
  // it behind for whoever clears the folder. Any other user's has namespaces of its own.
  const enter = (await canUnshare(signal)) ? ['unshare', '--mount'] : [];
  const [program = '', ...rest] = [...enter, 'mmdebstrap', ...args];
  await runCommand(program, rest, {
    env: { ...env, SOURCE_DATE_EPOCH: '0', TMPDIR: dirname(tar) },
    signal,
  });
}
