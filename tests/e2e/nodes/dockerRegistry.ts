import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheSubfolder, makeOnce } from '../../../lib/engine/cacheFolder.ts';
import { readDebianMachine } from '../../../lib/engine/debianMirror.ts';
import { downloadForMachine, unpack } from '../../../lib/engine/privateApt.ts';

/** Debian's docker-registry, unpacked into the cache folder and not installed. Returns the path of its program. */
export async function dockerRegistry(): Promise<string> {
  const made = await makeOnce(await cacheSubfolder('tools'), 'docker-registry', async (work) => {
    const apt = join(work, 'apt');
    const packages = await downloadForMachine(apt, ['docker-registry'], await readDebianMachine(), {
      say: () => undefined,
    });
    await unpack([packages], join(work, 'root'));
    await rm(apt, { recursive: true });
  });
  return join(made, 'root/usr/bin/docker-registry');
}
