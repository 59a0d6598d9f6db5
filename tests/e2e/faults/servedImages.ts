import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Builder } from '../../../lib/engine/builder.ts';
import { writeLayout } from '../../../lib/oci/writeLayout.ts';
import { CLONE } from '../verbs.ts';

/** An image of both platforms, `/etc/os-release` and bytes that no builder has in its cache. */
export async function writeImage(layout: string): Promise<void> {
  const layer = pack();
  layer.entry({ name: 'etc/os-release' }, 'ID=test\n');
  layer.entry({ name: 'bytes' }, randomBytes(256 * 1024));
  layer.finalize();
  const tar = `${layout}.tar`;
  await mkdir(dirname(layout), { recursive: true });
  await pipeline(layer as AsyncIterable<Buffer>, createWriteStream(tar));
  const images = ['linux/amd64', 'linux/arm64'].map((platform) => ({ platform, layers: [{ path: tar }] }));
  await writeLayout(layout, { images });
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Serves the layouts in a folder as `127.0.0.1:<port>/test/<name>` (see badRegistry.ts), here and where the engine is: buildx asks for
 * a base from here, and BuildKit fetches it from there.
 */
export async function serveImages(
  folder: string,
  port: number,
  { enter }: Builder,
): Promise<{ stop: () => Promise<void> }> {
  const registry = [join(CLONE, 'tests/e2e/faults/badRegistry.ts'), folder, String(port)];
  const served = [[], enter].map((before) => {
    const node = [process.execPath, '--import', import.meta.resolve('tsx')];
    const [file = '', ...args] = [...before, ...node, ...registry];
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, listens: once(child.stdout, 'data'), ended: once(child, 'exit') };
  });
  await Promise.all(served.map(({ listens }) => listens));
  return {
    stop: async () => {
      for (const { child } of served) child.stdin.end();
      await Promise.all(served.map(({ ended }) => ended));
    },
  };
}
