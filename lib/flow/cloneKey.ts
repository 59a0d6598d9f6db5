import { createHash } from 'node:crypto';
import { cacheSubfolder } from '../engine/cacheFolder.ts';
import { sealKey } from '../proof/seal.ts';

/**
 * The key of this clone's seals, made the first time. It is kept in the cache folder and not in the clone, where a
 * subject's build context could carry it into a build.
 */
export async function cloneKey(project: string): Promise<Buffer> {
  const clone = createHash('sha256').update(project).digest('hex').slice(0, 16);
  return sealKey(await cacheSubfolder(`keys/${clone}`));
}
