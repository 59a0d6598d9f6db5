import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder } from '../../../lib/engine/builder.ts';
import { writeLayout } from '../../../lib/oci/writeLayout.ts';
import { startRegistryProcess } from '../../../lib/registry/registryProcess.ts';
import { tar } from '../../fixtures/layouts/tarBytes.ts';

/** Repositories, each with one image, tag `1`, of the build platform. `rare` is nowhere but in the mirror. */
const REPOSITORIES = ['one', 'two', 'three', 'mirror/one', 'mirror/rare'] as const;

/** What a build in a case can ask for. */
export interface Served {
  /** `host:port` on the builder's loopback. */
  registry: string;
  /** What a file of each source holds: an image's `/image`, its index as the web server sends it, the build context. */
  contents: ReadonlyMap<string, string>;
  /** The digest of each repository's index. */
  digests: ReadonlyMap<string, string>;
  /** A text of a case with the address, digests and folders in it. */
  fillIn: (text: string) => string;
  close: () => Promise<void>;
}

/**
 * Makes tiny images below `folder`, each of them one file, and serves them. They are of this run alone, so that nothing
 * comes from the cache of an earlier one.
 */
export async function serveImages(folder: string, builder: Builder): Promise<Served> {
  const contents = new Map<string, string>();
  const digests = new Map<string, string>();
  const layouts = Object.fromEntries(REPOSITORIES.map((name) => [name, join(folder, name)]));
  for (const [name, layout] of Object.entries(layouts)) {
    const content = `${name} ${randomUUID()}`;
    const layer = { tar: chunksOf(tar({ name: 'image', content })) };
    const { digest } = await writeLayout(layout, {
      images: [{ platform: builder.platform, layers: [layer] }],
      ref: '1',
    });
    contents.set(content, name);
    contents.set(await readFile(join(layout, 'blobs', ...digest.split(':')), 'utf8'), name);
    digests.set(name, digest);
  }
  contents.set(CONTEXT, 'context');
  const { address, ...registry } = await startRegistryProcess({
    repositories: layouts,
    port: 0,
    wrap: builder.enter,
    onProblem: () => undefined,
  });
  const fillIn = (text: string) =>
    text
      .replaceAll('REGISTRY', address)
      .replace(/DIGEST\(([^)]+)\)/g, (_, name: string) => known(digests.get(name), name))
      .replace(/LAYOUT\(([^)]+)\)/g, (_, name: string) => `${known(layouts[name], name)}:1`);
  return { registry: address, contents, digests, fillIn, close: () => registry.close() };
}

/** What the file of the build context holds. */
export const CONTEXT = 'the build context';

function known(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`there is no image ${name}`);
  return value;
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
