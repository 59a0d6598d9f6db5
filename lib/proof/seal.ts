import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';

/** What a marker image's seal vouches for. */
export interface Sealed {
  distro: string;
  /** Normalized, such as `linux/arm64`. */
  platform: string;
  /** `sha256:` and hex, of the base that the marker image is made from. */
  baseDigest: string;
}

const KEY_BYTES = 32;
const KEY_FILE = 'seal.key';

/**
 * The key of this clone, from the file `seal.key` in a folder. Where there is none it is made, of random bytes and
 * readable by its owner alone; runs that start together agree on one.
 *
 * @returns 32 bytes.
 * @throws {Fault} when the file is not one that this wrote, or others could have read or written it.
 */
export async function sealKey(folder: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, KEY_FILE);
  return (await readKey(file)) ?? (await makeKey(file));
}

/** A name for a key, which does not give it away: the same key has the same name. */
export function keyName(key: Buffer): string {
  return createHmac('sha256', key).update('platform-marker key name').digest('hex').slice(0, 16);
}

/**
 * The seal of one platform's marker image: HMAC-SHA256 of distro, platform and base digest, in lower-case hex. Who
 * has neither the key nor the image cannot say it.
 */
export function seal(key: Buffer, { distro, platform, baseDigest }: Sealed): string {
  // As JSON, so that no two sets of fields give the same text.
  const text = JSON.stringify(['platform-marker seal 1', distro, platform, baseDigest]);
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/**
 * What a file of a run's is sealed with: HMAC-SHA256 of its bytes, in lower-case hex. `kind` says what file it is: the
 * same bytes as another one, or as the text of a marker's seal, have another.
 */
export function fileSeal(key: Buffer, kind: string, bytes: Uint8Array): string {
  return createHmac('sha256', key).update(`platform-marker file ${kind}\n`).update(bytes).digest('hex');
}

/** Whether a text, as it came out of a worker or a file, is this seal. Takes as long for a near miss as for any other. */
export function sealMatches(expected: string, found: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(found)];
  return one.length === other.length && timingSafeEqual(one, other);
}

async function readKey(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { mode, size } = await handle.stat();
    const next = `Remove ${file}: the next run makes a new one, and new markers with it`;
    if ((mode & 0o077) !== 0) {
      throw wrongInput({ place: { file }, message: 'others than its owner may use this key', next });
    }
    if (size !== KEY_BYTES) {
      throw wrongInput({ place: { file }, message: `${size} bytes, expected a key of ${KEY_BYTES}`, next });
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Writes a key beside the file and links it there whole: link(2) lets one run win, and nobody sees half a key. */
async function makeKey(file: string): Promise<Buffer> {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(randomBytes(KEY_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file);
}
