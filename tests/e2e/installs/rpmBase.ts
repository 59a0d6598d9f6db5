import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheSubfolder, makeOnce } from '../../../lib/engine/cacheFolder.ts';
import { runCommand } from '../../../lib/engine/command.ts';
import { readDebianMachine } from '../../../lib/engine/debianMirror.ts';
import { toolPrefix } from '../../../lib/engine/toolPrefix.ts';
import { writeLayout } from '../../../lib/oci/writeLayout.ts';
import { canaryElf } from '../../../lib/proof/canaryElf.ts';

const RECIPE = fileURLToPath(new URL('.', import.meta.url));
const INPUTS = /\.(spec|repo|sh)$/;
const SUITE = 'bookworm';
const PACKAGES = ['dnf', 'rpm', 'createrepo-c', 'apt', 'apt-utils'];
const UNUSED = ['doc', 'man', 'info', 'locale'];
/** Every marker image is of this base: what only its making needs is taken out of it. */
const SPENT = ['build', 'usr/share/perl/*', 'usr/lib/*/perl/*', 'usr/lib/*/gconv'];
const CONFIG = { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] };

/**
 * A base with dnf and apt, as an OCI layout in the cache; returns the layout's folder. For linux/amd64 it is Debian's
 * own programs with repositories of packages made here; for linux/arm64 a root with nothing that could run: the
 * configuration and the databases. Made anew when what it is made from changes.
 */
export async function rpmBase(): Promise<string> {
  const made = await makeOnce(await cacheSubfolder('bases'), `rpm_${await recipeDigest()}`, async (work) => {
    const build = join(work, 'build');
    await mkdir(build);
    const inputs = (await readdir(RECIPE)).filter((name) => INPUTS.test(name));
    for (const name of inputs) await cp(join(RECIPE, name), join(build, name));
    await writeFile(join(build, 'program-x86_64'), canaryElf('linux/amd64'));
    await writeFile(join(build, 'program-aarch64'), canaryElf('linux/arm64'));
    await makeRoots(work, build);
    const image = (platform: string, name: string) => ({
      platform,
      layers: [{ path: join(work, name) }],
      config: CONFIG,
    });
    const images = [image('linux/amd64', 'native.tar'), image('linux/arm64', 'foreign.tar')];
    await writeLayout(join(work, 'layout'), { images, ref: 'latest' });
    for (const name of ['native.tar', 'foreign.tar', 'build'])
      await rm(join(work, name), { recursive: true });
  });
  return join(made, 'layout');
}

async function recipeDigest(): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(RECIPE)).filter((name) => INPUTS.test(name) || name === 'rpmBase.ts').sort();
  for (const name of names) hash.update(name).update(await readFile(join(RECIPE, name)));
  return hash.digest('hex').slice(0, 12);
}

/** Leaves `native.tar` and `foreign.tar` in `work`. */
async function makeRoots(work: string, build: string): Promise<void> {
  const { mirror, keyring } = await readDebianMachine();
  const { env } = await toolPrefix(() => undefined);
  const hooks = [
    `copy-in ${build} /`,
    'chroot "$1" sh /build/repository.sh',
    `copy-out /build/foreign.tar ${work}`,
    `cd "$1" && rm -r ${SPENT.join(' ')}`,
  ];
  const args = [
    '--variant=essential',
    `--include=${PACKAGES.join(',')}`,
    '--architectures=amd64',
    ...UNUSED.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    '--skip=output/dev',
    '--format=tar',
    SUITE,
    join(work, 'native.tar'),
    `deb [signed-by=${keyring}] ${mirror} ${SUITE} main`,
  ];
  await runCommand('mmdebstrap', args, { env: { ...env, SOURCE_DATE_EPOCH: '0', TMPDIR: work } });
}
