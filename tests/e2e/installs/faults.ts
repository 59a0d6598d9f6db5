/** An install that cannot succeed, as a row of distros.yaml, and what the cell's log has to quote. */
export interface InstallFault {
  name: string;
  manager: 'apt' | 'dnf' | 'tdnf';
  /** A folder of /srv/repository (see repository.sh). */
  release: string;
  package?: string;
  /** Whether its base holds os-release and nothing else. */
  empty?: boolean;
  says: RegExp;
}

export const FAULTS: readonly InstallFault[] = [
  {
    name: 'repository-down',
    manager: 'dnf',
    release: 'down',
    says: /Error: Failed to download metadata for repo 'distro': Cannot download repomd\.xml/,
  },
  {
    name: 'index-changed',
    manager: 'dnf',
    release: 'changed-index',
    says: /Error: Failed to download metadata for repo 'distro': .*Bad GPG signature/,
  },
  {
    name: 'index-broken',
    manager: 'dnf',
    release: 'broken-index',
    says: /Error: Failed to download metadata for repo 'distro': .*primary\.xml\.gz/,
  },
  {
    name: 'package-changed',
    manager: 'dnf',
    release: 'changed-package',
    says: /Problem opening package tree-2\.1-1\.aarch64\.rpm[^]*Error: GPG check FAILED/,
  },
  {
    name: 'signature-foreign',
    manager: 'dnf',
    release: 'foreign-signature',
    says: /Public key for tree-2\.1-1\.aarch64\.rpm is not installed[^]*Error: GPG check FAILED/,
  },
  {
    name: 'package-native-only',
    manager: 'dnf',
    release: '9',
    package: 'native-only',
    says: /Error: Unable to find a match: native-only/,
  },
  { name: 'tdnf-missing', manager: 'tdnf', release: '9', says: /tdnf: not found/ },
  { name: 'apt-missing', manager: 'apt', release: '9', package: 'tree', says: /apt-get: not found/ },
  {
    name: 'everything-missing',
    manager: 'dnf',
    release: '9',
    empty: true,
    says: /"?\/bin\/sh"?: .*no such file/,
  },
];
