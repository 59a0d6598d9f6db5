import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPlatform, parsePlatform } from '../../../lib/oci/platform.ts';
import type { Descriptor, ImageConfig, Index, Manifest } from '../../../lib/oci/types.ts';
import { blobPath, putBlob } from '../../registry/layouts.ts';

/** Swaps what two manifests of an index are called; every digest in the layout stays right. */
export function swapManifests(layout: string): Promise<void> {
  return editIndex(layout, ([first, second]) => {
    if (first === undefined || second === undefined) throw new Error('expected two manifests');
    return [withPlatformOf(second, first), withPlatformOf(first, second)];
  });
}

/** The same manifests under the same names, in the other order. */
export function reverseManifests(layout: string): Promise<void> {
  return editIndex(layout, (manifests) => [...manifests].reverse());
}

/** Takes a platform's manifest out of the index. */
export function dropPlatform(layout: string, platform: string): Promise<void> {
  return editIndex(layout, (manifests) => manifests.filter((one) => platformOf(one) !== platform));
}

/** Puts the layers of one platform into an image that index and configuration call another. */
export function relabelImage(layout: string, from: string, to: string): Promise<void> {
  return editIndex(layout, async (manifests) => {
    const relabelled = await asImageOf(layout, manifests, from, to);
    return manifests.map((one) => (platformOf(one) === to ? relabelled : one));
  });
}

/** Adds such an image behind the one that is right. */
export function repeatPlatform(layout: string, from: string, to: string): Promise<void> {
  return editIndex(layout, async (manifests) => [...manifests, await asImageOf(layout, manifests, from, to)]);
}

/** Deletes the first layer of a platform's image. */
export async function dropBlob(layout: string, platform: string): Promise<void> {
  const { manifests } = await nestedIndex(layout);
  const manifest = await readDocument<Manifest>(layout, find(manifests, platform));
  await rm(blobPath(layout, manifest.layers[0]?.digest ?? ''));
}

/** Lists each manifest of a layout under the platform of the next one, as an index of the wrong platforms would. */
export function rotatePlatforms(layout: string): Promise<void> {
  return editIndex(layout, (manifests) =>
    manifests.map((one, at) => withPlatformOf(one, manifests[(at + 1) % manifests.length] ?? one)),
  );
}

/** The digest of a platform's manifest. */
export async function manifestDigest(layout: string, platform: string): Promise<string> {
  return find((await nestedIndex(layout)).manifests, platform).digest;
}

/** The digest of the one image index of a layout. */
export async function indexDigest(layout: string): Promise<string> {
  return (await rootIndex(layout)).manifests[0]?.digest ?? '';
}

async function asImageOf(
  layout: string,
  manifests: readonly Descriptor[],
  from: string,
  to: string,
): Promise<Descriptor> {
  const descriptor = find(manifests, from);
  const manifest = await readDocument<Manifest>(layout, descriptor);
  const config = await readDocument<ImageConfig>(layout, manifest.config);
  const platform = parsePlatform(to);
  const relabelled = await put(layout, manifest.config, { ...config, ...platform });
  return { ...(await put(layout, descriptor, { ...manifest, config: relabelled })), platform };
}

async function editIndex(
  layout: string,
  edit: (manifests: Descriptor[]) => Descriptor[] | Promise<Descriptor[]>,
): Promise<void> {
  const root = await rootIndex(layout);
  const index = await nestedIndex(layout);
  const [tagged] = root.manifests;
  if (tagged === undefined) throw new Error(`${layout} holds no index`);
  const edited = await put(layout, tagged, { ...index, manifests: await edit(index.manifests) });
  const manifests = [{ ...tagged, ...edited }];
  await writeFile(join(layout, 'index.json'), JSON.stringify({ ...root, manifests }));
}

async function rootIndex(layout: string): Promise<Index> {
  return JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as Index;
}

async function nestedIndex(layout: string): Promise<Index> {
  const [tagged] = (await rootIndex(layout)).manifests;
  if (tagged === undefined) throw new Error(`${layout} holds no index`);
  return readDocument<Index>(layout, tagged);
}

async function readDocument<T>(layout: string, { digest }: Descriptor): Promise<T> {
  return JSON.parse(await readFile(blobPath(layout, digest), 'utf8')) as T;
}

/** Writes a document anew and describes it as the one that it replaces was described. */
async function put(layout: string, { mediaType }: Descriptor, document: object): Promise<Descriptor> {
  return putBlob(layout, mediaType, JSON.stringify(document));
}

function find(manifests: readonly Descriptor[], platform: string): Descriptor {
  const found = manifests.find((one) => platformOf(one) === platform);
  if (found === undefined) throw new Error(`there is no manifest for ${platform}`);
  return found;
}

function platformOf({ platform }: Descriptor): string {
  return platform === undefined ? '' : formatPlatform(platform);
}

function withPlatformOf(descriptor: Descriptor, { platform }: Descriptor): Descriptor {
  return platform === undefined ? descriptor : { ...descriptor, platform };
}
