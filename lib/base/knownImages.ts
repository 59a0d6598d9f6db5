import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder } from '../engine/cacheFolder.ts';
import { parseDigest } from '../oci/digest.ts';

/** What a registry had under a reference. */
export interface KnownImage {
  /** Of its index. */
  digest: string;
  /** The platforms that the index holds, normalized. */
  held: readonly string[];
  /** When it was asked, ISO 8601. */
  at: string;
}

/** Keeps what a registry had under a reference, for when it cannot be asked. */
export async function keepKnownImage(ref: string, known: KnownImage): Promise<void> {
  const file = await fileOf(ref);
  // Two runs at once write the same; each writes it whole.
  const written = `${file}.${process.pid}`;
  await writeFile(written, JSON.stringify({ ref, ...known }));
  await rename(written, file);
}

/** What was kept last; undefined where nothing was, or where it cannot be read. */
export async function readKnownImage(ref: string): Promise<KnownImage | undefined> {
  try {
    const known = JSON.parse(await readFile(await fileOf(ref), 'utf8')) as Partial<KnownImage>;
    const { digest = '', held, at = '' } = known;
    parseDigest(digest);
    return Array.isArray(held) ? { digest, held, at } : undefined;
  } catch {
    return undefined;
  }
}

async function fileOf(ref: string): Promise<string> {
  const name = createHash('sha256').update(ref).digest('hex');
  return join(await cacheSubfolder('images'), `${name}.json`);
}
