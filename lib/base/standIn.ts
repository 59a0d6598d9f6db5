import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { cacheSubfolder, makeOnce } from '../engine/cacheFolder.ts';
import type { OsRelease } from '../matrix/types.ts';
import { writeLayout } from '../oci/writeLayout.ts';

/**
 * A stand-in for a base that cannot be had: an OCI layout whose only content is the distro's /etc/os-release
 * (os-release(5)), the same for each platform. Returns the layout's folder, in the cache.
 */
export async function makeStandIn(
  name: string,
  osRelease: OsRelease,
  platforms: readonly string[],
): Promise<string> {
  const text = Object.entries(osRelease)
    .map(([key, value]) => `${key}="${String(value)}"\n`)
    .join('');
  const identity = createHash('sha256')
    .update(JSON.stringify([text, platforms]))
    .digest('hex')
    .slice(0, 12);
  const made = await makeOnce(await cacheSubfolder('bases'), `stand-in_${name}_${identity}`, async (work) => {
    const images = platforms.map((platform) => ({
      platform,
      layers: [{ tar: osReleaseLayer(text) as AsyncIterable<Uint8Array> }],
    }));
    await writeLayout(join(work, LAYOUT), { images, ref: 'latest' });
  });
  return join(made, LAYOUT);
}

const LAYOUT = 'layout';

function osReleaseLayer(text: string) {
  const layer = pack();
  layer.entry({ name: 'etc', type: 'directory', mode: 0o755, mtime: new Date(0) });
  layer.entry({ name: 'etc/os-release', mode: 0o644, mtime: new Date(0) }, text);
  layer.finalize();
  return layer;
}
