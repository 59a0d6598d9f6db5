import { randomBytes } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Manager } from '../../../lib/matrix/types.ts';
import { baseOf } from '../project.ts';
import type { BaseName } from './bases.ts';
import type { Kept } from './planted.ts';
import { CLONE, runVerb } from '../verbs.ts';

/** A distro whose worker installs something, as a row of distros.yaml. */
export interface InstallRow {
  name: string;
  manager: Manager;
  /** For dnf: a folder of /srv/repository (see repository.sh). Default: `9`. */
  release?: string;
  /** Default: `tree`. */
  package?: string;
  platforms: readonly string[];
  /** What it is installed into: see bases.ts; `empty` holds os-release and nothing else. Default: `plain`. */
  base?: BaseName | 'empty';
  /** Where the install for linux/arm64 fails: what the cell has to say, in its one line. */
  says?: RegExp;
}

const BOTH = ['linux/amd64', 'linux/arm64'];
/** What fails alike on every platform is tried on one. */
const FOREIGN = ['linux/arm64'];

/** More platforms, with the one whose image their base has for it, Debian’s name and the ELF machine of its programs. */
export const EVERYWHERE: readonly [platform: string, held: string, architecture: string, machine: number][] =
  [
    ['linux/amd64/v3', 'linux/amd64', 'amd64', 62],
    ['linux/arm/v7', 'linux/arm/v6', 'armhf', 40],
    ['linux/386', 'linux/386', 'i386', 3],
    ['linux/ppc64le', 'linux/ppc64le', 'ppc64el', 21],
    ['linux/riscv64', 'linux/riscv64', 'riscv64', 243],
    ['linux/s390x', 'linux/s390x', 's390x', 22],
  ];

/** Those whose kept downloads are spoilt beforehand, under names of this run’s own: an earlier one has kept nothing. */
const RUN = randomBytes(4).toString('hex');
export const PLANTED: readonly (InstallRow & Kept)[] = (['apt', 'dnf'] as const).map((manager) => ({
  ...{ name: `${manager}-planted-${RUN}`, manager, platforms: FOREIGN },
}));

export const ROWS: readonly InstallRow[] = [
  ...PLANTED,
  { name: 'apt-works', manager: 'apt', platforms: BOTH },
  {
    name: 'apt-everywhere',
    manager: 'apt',
    platforms: EVERYWHERE.map(([platform]) => platform),
    base: 'everywhere',
  },
  { name: 'apt-full', manager: 'apt', platforms: FOREIGN, base: 'full' },
  { name: 'dnf5-works', manager: 'dnf', platforms: BOTH, base: 'dnf5' },
  { name: 'tdnf-stand-in', manager: 'tdnf', platforms: FOREIGN, base: 'minimal' },
  { name: 'microdnf-stand-in', manager: 'microdnf', platforms: FOREIGN, base: 'minimal' },
  {
    name: 'dnf-native-only',
    manager: 'dnf',
    package: 'native-only',
    platforms: BOTH,
    says: /Error: Unable to find a match: native-only/,
  },
  {
    name: 'apt-native-only',
    manager: 'apt',
    package: 'native-only',
    platforms: BOTH,
    says: /E: Unable to locate package native-only/,
  },
  {
    name: 'repository-down',
    manager: 'dnf',
    release: 'down',
    platforms: FOREIGN,
    says: /Error: Failed to download metadata for repo 'distro': Cannot download repomd\.xml/,
  },
  {
    name: 'index-changed',
    manager: 'dnf',
    release: 'changed-index',
    platforms: FOREIGN,
    says: /Error: Failed to download metadata for repo 'distro': .*Bad GPG signature/,
  },
  {
    name: 'index-broken',
    manager: 'dnf',
    release: 'broken-index',
    platforms: FOREIGN,
    says: /Error: Failed to download metadata for repo 'distro': .*primary\.xml\.gz/,
  },
  {
    name: 'package-changed',
    manager: 'dnf',
    release: 'changed-package',
    platforms: FOREIGN,
    says: /Problem opening package tree-2\.1-1\.aarch64\.rpm.*; Error: GPG check FAILED$/,
  },
  {
    name: 'signature-foreign',
    manager: 'dnf',
    release: 'foreign-signature',
    platforms: FOREIGN,
    says: /Public key for libtree-2\.1-1\.aarch64\.rpm is not installed.*; Error: GPG check FAILED$/,
  },
  {
    name: 'apt-down',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'apt-down',
    says: /E: Failed to fetch http:\/\/127\.0\.0\.1:9\//,
  },
  {
    name: 'apt-unsigned',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'apt-unsigned',
    says: /E: The repository 'copy:\/srv\/apt-unsigned stable Release' is not signed/,
  },
  {
    name: 'apt-changed-index',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'apt-changed-index',
    says: /BADSIG/,
  },
  {
    name: 'apt-foreign-signature',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'apt-foreign-signature',
    says: /NO_PUBKEY/,
  },
  {
    name: 'apt-changed-package',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'apt-changed-package',
    says: /E: Failed to fetch .*tree_2\.1-1_arm64\.deb {2}Hash Sum mismatch/,
  },
  {
    name: 'apt-outdated',
    manager: 'apt',
    platforms: FOREIGN,
    base: 'outdated',
    says: /takes away 1 of the base's files.*: \/usr\/lib\/libtree\/old/,
  },
  {
    name: 'dnf-outdated',
    manager: 'dnf',
    platforms: FOREIGN,
    base: 'outdated',
    says: /takes away 1 of the base's files.*: \/usr\/lib\/libtree\/old/,
  },
  {
    name: 'dnf-missing',
    manager: 'dnf',
    platforms: FOREIGN,
    base: 'minimal',
    says: /: the base has no dnf$/,
  },
  { name: 'tdnf-missing', manager: 'tdnf', platforms: FOREIGN, says: /tdnf: not found/ },
  {
    name: 'everything-missing',
    manager: 'dnf',
    platforms: FOREIGN,
    base: 'empty',
    says: /"\/bin\/sh": .*no such file/,
  },
];

/** A project beside the clone with a distro for each row, whose subject is the built-in one. */
export async function writeRows(path: string, rows: readonly InstallRow[]): Promise<void> {
  await mkdir(path);
  const subject = {
    name: 'subject',
    dockerfile: join(CLONE, 'stages/worker.Dockerfile'),
    target: 'worker',
    'worker-context': 'worker',
    args: { BASE: '{base}', INSTALL: '{install}', PACKAGE: '{package}', RELEASE: '{release}' },
  };
  const distros = rows.map(({ name, manager, release = '9', package: wanted = 'tree', platforms }) => ({
    ...{ name, base: baseOf(name), manager, release, package: wanted, platforms },
  }));
  await writeFile(join(path, 'distros.yaml'), stringify({ platforms: BOTH, distros, subjects: [subject] }));
  const { status, stderr } = await runVerb('generate', {}, path);
  if (status !== 0) throw new Error(`make generate ended with ${String(status)}:\n${stderr}`);
}

/** Writes a folder with a base for each distro: the value of `BASES`. */
export async function writeBases(path: string, layouts: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(path);
  for (const [distro, layout] of Object.entries(layouts)) await symlink(layout, join(path, distro));
  return path;
}
