import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joinLayouts } from '../../../lib/oci/joinLayouts.ts';
import { cacheSubfolder, makeOnce } from '../../../lib/engine/cacheFolder.ts';
import { runCommand } from '../../../lib/engine/command.ts';
import { readDebianMachine } from '../../../lib/engine/debianMirror.ts';
import { toolPrefix } from '../../../lib/engine/toolPrefix.ts';
import { writeLayout } from '../../../lib/oci/writeLayout.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';

/**
 * The bases that something is installed into. `plain` is one that everything works with; `minimal` has stand-ins for
 * tdnf and microdnf instead of dnf, `dnf5` has dnf 5, `outdated` an older version of a package, `full` packages
 * that are configured, `everywhere` is of more platforms, and what is called apt-… an apt source that something is wrong with.
 */
export type BaseName =
  'plain' | 'minimal' | 'dnf5' | 'outdated' | 'full' | 'everywhere' | `apt-${(typeof WRONG_SOURCES)[number]}`;

const WRONG_SOURCES = ['down', 'unsigned', 'changed-index', 'changed-package', 'foreign-signature'] as const;

/** Platforms with what rpm and Debian call them. */
const PROGRAMS = [
  ['linux/amd64', 'x86_64', 'amd64'],
  ['linux/arm64', 'aarch64', 'arm64'],
  ['linux/arm/v7', 'armhf'],
  ['linux/386', 'i386'],
  ['linux/ppc64le', 'ppc64el'],
  ['linux/riscv64', 'riscv64'],
  ['linux/s390x', 's390x'],
] as const;
/** What `everywhere` holds besides the image of linux/amd64. Of arm it has an older variant than the packages are for. */
const ELSEWHERE = ['linux/arm/v6', 'linux/386', 'linux/ppc64le', 'linux/riscv64', 'linux/s390x'];

const RECIPE = fileURLToPath(new URL('.', import.meta.url));
const INPUTS = /\.(spec|repo|sh)$/;
const UNUSED = ['doc', 'man', 'info', 'locale'];
/** Every marker image is of these bases: what only their making needs is taken out of them. */
const SPENT = ['build', 'usr/share/perl/*', 'usr/lib/*/perl/*', 'usr/lib/*/gconv'];
const CONFIG = { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] };
/** As long as a signature of a suite in development may be old (see lib/engine/toolPrefix.ts). */
const MIN_VALID_SECONDS = 90 * 24 * 3600;

/**
 * The bases, as OCI layouts in the cache; returns their folders. For linux/amd64 they are Debian's own programs with
 * repositories of packages made here; for linux/arm64 a root with nothing that could run: the configuration and the
 * databases. Made anew when what they are made from changes.
 */
export async function installBases(): Promise<Record<BaseName, string>> {
  const made = await makeOnce(await cacheSubfolder('bases'), `installs_${await recipeDigest()}`, makeBases);
  const wrong = WRONG_SOURCES.map((name) => `apt-${name}` as const);
  const names: BaseName[] = ['plain', 'minimal', 'dnf5', 'outdated', 'full', 'everywhere', ...wrong];
  return Object.fromEntries(names.map((name) => [name, join(made, name)])) as Record<BaseName, string>;
}

async function makeBases(work: string): Promise<void> {
  const build = join(work, 'build');
  await mkdir(build);
  const inputs = (await readdir(RECIPE)).filter((name) => INPUTS.test(name));
  for (const name of inputs) await cp(join(RECIPE, name), join(build, name));
  for (const [platform, ...names] of PROGRAMS)
    for (const name of names) await writeFile(join(build, `program-${name}`), canaryElf(platform));
  const native = join(work, 'native.tar');
  await makeRoot(
    work,
    native,
    'bookworm',
    ['dnf', 'rpm', 'createrepo-c', 'apt', 'apt-utils'],
    [
      `copy-in ${build} /`,
      'chroot "$1" sh /build/repository.sh',
      `copy-out /build/foreign /build/rpms /srv /etc/pki ${work}`,
      `cd "$1" && rm -r ${SPENT.join(' ')}`,
    ],
  );
  const native5 = join(work, 'native5.tar');
  await makeRoot(
    work,
    native5,
    'forky',
    ['dnf5', 'rpm'],
    [
      `copy-in ${join(work, 'srv')} /`,
      `copy-in ${join(work, 'pki')} /etc`,
      `copy-in ${build} /`,
      `copy-in ${join(work, 'rpms')} /build`,
      'chroot "$1" sh /build/dnf5.sh',
      'rm -r "$1/build"',
    ],
  );
  const foreign = join(work, 'foreign');
  const image = async (name: string, platform: string, ...tars: string[]) => {
    const layers = tars.map((path) => ({ path }));
    await writeLayout(join(work, 'images', name), { images: [{ platform, layers, config: CONFIG }] });
  };
  await image('native', 'linux/amd64', native);
  await image('native-minimal', 'linux/amd64', native, join(foreign, 'minimal-tools.tar'));
  await image('native-dnf5', 'linux/amd64', native5);
  const roots = (await readdir(foreign)).map((file) => file.replace('.tar', ''));
  for (const name of roots.filter((root) => root !== 'minimal-tools')) {
    await image(name, 'linux/arm64', join(foreign, `${name}.tar`));
    await joined(work, name, 'native', name);
  }
  await joined(work, 'minimal', 'native-minimal', 'plain');
  await joined(work, 'dnf5', 'native-dnf5', 'plain');
  for (const platform of ELSEWHERE) await image(slugOf(platform), platform, join(foreign, 'plain.tar'));
  await joined(work, 'everywhere', 'native', ...ELSEWHERE.map(slugOf));
  for (const name of ['native.tar', 'native5.tar', 'build', 'foreign', 'images', 'srv', 'pki', 'rpms'])
    await rm(join(work, name), { recursive: true });
}

async function joined(work: string, name: string, ...images: string[]): Promise<void> {
  await joinLayouts(
    join(work, name),
    images.map((image) => join(work, 'images', image)),
  );
}

const slugOf = (platform: string): string => platform.replaceAll('/', '-');

async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(RECIPE)).filter((name) => INPUTS.test(name) || name === 'bases.ts').sort();
  for (const name of names) hash.update(name).update(await readFile(join(RECIPE, name)));
  return hash.digest('hex').slice(0, 12);
}

/** A root of Debian's own packages, as a tar, after `hooks` of mmdebstrap. */
async function makeRoot(
  work: string,
  tar: string,
  suite: string,
  packages: readonly string[],
  hooks: readonly string[],
): Promise<void> {
  const { mirror, keyring } = await readDebianMachine();
  const { env } = await toolPrefix(() => undefined);
  const args = [
    '--variant=essential',
    `--include=${packages.join(',')}`,
    '--architectures=amd64',
    `--aptopt=Acquire::Min-ValidTime "${MIN_VALID_SECONDS}"`,
    ...UNUSED.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    '--skip=output/dev',
    '--format=tar',
    suite,
    tar,
    `deb [signed-by=${keyring}] ${mirror} ${suite} main`,
  ];
  await runCommand('mmdebstrap', args, { env: { ...env, SOURCE_DATE_EPOCH: '0', TMPDIR: work } });
}
