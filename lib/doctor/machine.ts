import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { readdir, readFile, statfs } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bytes } from '../progress/bytes.ts';
import { good, limited, missing, type Finding } from './finding.ts';

/** As package.json says. */
const NODE_MIN = [20, 10] as const;
/** A run of all distros, and what it keeps. */
const ROOM_BYTES = { needed: 200e6, wanted: 2e9 };

/** `version` as `process.versions.node` writes it. */
export function lookAtNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]);
  return isOld
    ? missing('node', `Node ${version}`, `install Node ${NODE_MIN.join('.')} or later`)
    : good('node', `Node ${version}`);
}

/** Whether a folder can be written to and has room; one that is not there yet would be made. `what` says what goes there. */
export async function lookAtFolder(topic: string, folder: string, what: string): Promise<Finding> {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  if (!statSync(there).isDirectory()) return missing(topic, `${there} is not a folder`, what);
  try {
    accessSync(there, constants.W_OK);
  } catch {
    return missing(topic, `${there} cannot be written to`, what);
  }
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const text = `${bytes(free)} free for ${resolve(folder)}`;
  if (free < ROOM_BYTES.needed) return missing(topic, text, `make room, or ${what}`);
  if (free < ROOM_BYTES.wanted)
    return limited(
      topic,
      text,
      `a run of all distros may take ${bytes(ROOM_BYTES.wanted)}: make room, or ${what}`,
    );
  return good(topic, text);
}

const BINFMT = '/proc/sys/fs/binfmt_misc';
/** How every ELF program begins. */
const ELF = /^magic 7f454c46/m;

/** The host's emulators: what binfmt_misc hands programs of another architecture to. Empty where it is not mounted. */
export async function listHandlers(folder = BINFMT): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8').catch(() => '')] as const),
  );
  return texts.filter(([, text]) => text.startsWith('enabled\n') && ELF.test(text)).map(([name]) => name);
}

/** What keeps an engine of the project's own from being started here, as far as that can be read off the machine. */
export async function findObstacles(): Promise<string[]> {
  const obstacles: string[] = [];
  if (process.platform !== 'linux') return ['it needs Linux'];
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
  } catch {
    obstacles.push('/dev/net/tun cannot be opened');
  }
  const setting = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).trim();
  if ((await setting('/proc/sys/user/max_user_namespaces')) === '0')
    obstacles.push('user namespaces are off');
  const { uid, username } = userInfo();
  if (uid === 0) return obstacles;
  if ((await setting('/proc/sys/kernel/unprivileged_userns_clone')) === '0')
    obstacles.push('user namespaces are root’s alone (kernel.unprivileged_userns_clone)');
  if ((await setting('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')) === '1')
    obstacles.push('AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns)');
  const ids = await readFile('/etc/subuid', 'utf8').catch(() => '');
  if (!ids.split('\n').some((line) => [username, String(uid)].includes(line.split(':')[0] ?? '')))
    obstacles.push(`${username} has no subordinate ids in /etc/subuid`);
  return obstacles;
}

/** Whether this kernel gives a user namespace a binfmt_misc of its own; half a sentence where it does not. */
export async function whyNotSealed(kernel = release()): Promise<string | undefined> {
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 7)) return `Linux ${kernel} is older than 6.7`;
  const filesystems = await readFile('/proc/filesystems', 'utf8').catch(() => '');
  return filesystems.includes('binfmt_misc') ? undefined : 'this kernel has no binfmt_misc loaded';
}
