import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
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

const knownSchema = z.object({
  ref: z.string(),
  digest: z.string(),
  held: z.array(z.string()),
  at: z.iso.datetime(),
});

/** Keeps what a registry had under a reference, for when it cannot be asked. */
export async function keepKnownImage(ref: string, known: KnownImage): Promise<void> {
  const file = await fileOf(ref);
  // Several runs may write it at once, each whole.
  const written = `${file}.${randomUUID()}`;
  await writeFile(written, JSON.stringify({ ref, ...known }));
  await rename(written, file);
}

/** What was kept last; undefined where nothing was, or where it cannot be read. */
export async function readKnownImage(ref: string): Promise<KnownImage | undefined> {
  try {
    const known = knownSchema.parse(JSON.parse(await readFile(await fileOf(ref), 'utf8')));
    parseDigest(known.digest);
    return known.ref === ref ? known : undefined;
  } catch {
    return undefined;
  }
}

async function fileOf(ref: string): Promise<string> {
  const name = createHash('sha256').update(ref).digest('hex');
  return join(await cacheSubfolder('images'), `${name}.json`);
}
