import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheSubfolder, makeOnce } from '../engine/cacheFolder.ts';
import { runCommand } from '../engine/command.ts';
import { readDebianMachine } from '../engine/debianMirror.ts';
import { toolPrefix } from '../engine/toolPrefix.ts';
import { wrongInput } from '../fault/fault.ts';
import { writeLayout } from '../oci/writeLayout.ts';
import { debianArchitecture } from './debianArchitecture.ts';

/** Changes when what goes into a bootstrapped base does: the cache then makes it anew. */
const RECIPE = 1;
/** Until this release Debian's own images kept /bin, /sbin and /lib apart from /usr. */
const UNMERGED_SUITES: readonly string[] = ['bullseye', 'buster', 'stretch'];
const FOREIGN_PACKAGES = ['?essential', '?priority(required)', 'apt', 'debian-archive-keyring'];

/**
 * A Debian base made from Debian's own packages, as an OCI layout in the cache; returns the layout's folder.
 *
 * The build platform's root is installed natively (mmdebstrap `minbase`), so that its apt works. A foreign root is
 * unpacked only (`extract`): nothing of it runs, and its dpkg database says `unpacked`. Device nodes are left out,
 * which a builder in a user namespace could not unpack.
 */
export async function bootstrapDebian(options: {
  suite: string;
  platforms: readonly string[];
  buildPlatform: string;
  say: (line: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  const { suite, platforms, buildPlatform, say, signal } = options;
  const name = [suite, ...platforms.map((platform) => platform.replaceAll('/', '-')), `r${RECIPE}`].join('_');
  const made = await makeOnce(await cacheSubfolder('bases'), name, async (work) => {
    const images = [];
    for (const platform of platforms) {
      say(`making a base of ${suite} for ${platform} from Debian’s packages`);
      const tar = join(work, `${platform.replaceAll('/', '-')}.tar`);
      await makeRoot(suite, platform, platform === buildPlatform, tar, signal);
      images.push({ platform, layers: [{ path: tar }], config: { Env: [PATH], Cmd: ['bash'] } });
    }
    await writeLayout(join(work, LAYOUT), { images, ref: 'latest' });
    for (const { layers } of images) for (const { path } of layers) await rm(path);
  });
  return join(made, LAYOUT);
}

const LAYOUT = 'layout';
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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
  await runCommand('mmdebstrap', args, {
    env: { ...env, SOURCE_DATE_EPOCH: '0', TMPDIR: dirname(tar) },
    signal,
  });
}
