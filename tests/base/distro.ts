import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { Fault } from '../../lib/fault/fault.ts';
import type { Distro } from '../../lib/matrix/types.ts';
import { writeLayout } from '../../lib/oci/writeLayout.ts';
import { matrixOf, matrixText } from '../matrix/matrixText.ts';

/** Rows of distros.yaml, as YAML. */
export async function distrosOf(rows: string, platforms = '[linux/amd64, linux/arm64]'): Promise<Distro[]> {
  const { distros } = await matrixOf(matrixText({ platforms, distros: rows }));
  return [...distros];
}

/** Runs a test with a cache folder of its own, which `PLATFORM_MARKER_CACHE` names meanwhile. */
export async function withCache<T>(run: (cache: string) => Promise<T>): Promise<T> {
  const cache = await mkdtemp(join(tmpdir(), 'platform-marker-cache-'));
  const before = process.env['PLATFORM_MARKER_CACHE'];
  process.env['PLATFORM_MARKER_CACHE'] = cache;
  try {
    return await run(cache);
  } finally {
    if (before === undefined) delete process.env['PLATFORM_MARKER_CACHE'];
    else process.env['PLATFORM_MARKER_CACHE'] = before;
    await rm(cache, { recursive: true, force: true });
  }
}

/** Writes a small OCI layout with an image of each platform, and returns its index's digest. */
export async function writeBase(folder: string, platforms: readonly string[]): Promise<string> {
  const images = platforms.map((platform) => {
    const layer = pack();
    layer.entry({ name: 'etc/platform', mtime: new Date(0) }, platform);
    layer.finalize();
    return { platform, layers: [{ tar: layer as AsyncIterable<Uint8Array> }] };
  });
  return (await writeLayout(folder, { images })).digest;
}

/** The fault with which something ends. */
export async function faultOf(running: Promise<unknown>): Promise<Fault> {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Fault) return error;
  throw error instanceof Error ? error : new Error('it ended well');
}
