import { createHash } from 'node:crypto';
import { utimes, writeFile } from 'node:fs/promises';

/**
 * Writes a file of a build's local context. Its time of change is made of its content: BuildKit keeps contexts from one
 * build to the next, for one name in one place of several folders too, and takes a file of the same path, size and time
 * for the one that it has (tonistiigi/fsutil `diff_containerd.go`). Files of one length that are written one after the
 * other have the same time, for a clock's tick is milliseconds.
 *
 * @param mode of a file that is not there yet; the process's usual one by default.
 */
export async function writeContextFile(
  file: string,
  content: string | Uint8Array,
  mode?: number,
): Promise<void> {
  await writeFile(file, content, mode === undefined ? {} : { mode });
  const digest = createHash('sha256').update(content).digest();
  // From 1970 to 2038, to the microsecond.
  const seconds = (digest.readUInt32BE(0) >>> 1) + (digest.readUInt32BE(4) % 1_000_000) / 1_000_000;
  await utimes(file, seconds, seconds);
}
