import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import type { Descriptor } from '../oci/types.ts';
import { openRegularFile } from './regularFile.ts';
import { isDigest, isTag } from './routes.ts';

/** What a layout has to give: nothing else in its directory is ever opened. */
export interface KnownContent {
  /** Tag (`org.opencontainers.image.ref.name`) to the descriptor in `index.json`. */
  tags: ReadonlyMap<string, Descriptor>;
  /** Digest to descriptor, of every index and manifest that can be reached from `index.json`. */
  manifests: ReadonlyMap<string, Descriptor>;
  /** Digest to descriptor, of every config and layer that can be reached. */
  blobs: ReadonlyMap<string, Descriptor>;
  /** What could not be followed: one sentence each, with the file's name. It is not served. */
  problems: readonly string[];
}

/** What containerd takes as a manifest at most (`MaxManifestSize` in its `resolver.go`), rounded down. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024;
/** BuildKit nests once; deeper than this is a loop or an attack. */
const DEEPEST_NESTING = 5;
const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/**
 * The path of a blob inside a layout (image-spec `image-layout.md`).
 * @param digest already known to be one: `sha256:` or `sha512:` and lower-case hex.
 */
export function blobPath(layout: string, digest: string): string {
  return join(layout, 'blobs', ...digest.split(':'));
}

/**
 * Reads which digests and tags the layout in a directory has, by following `index.json` through nested indexes to
 * manifests, configs and layers. A document that is missing, too large or not what its digest says is named in `problems`.
 *
 * @throws {Fault} when `index.json` cannot be read, is not an index, or gives one tag to two digests.
 */
export async function readKnownContent(layout: string): Promise<KnownContent> {
  const file = join(layout, 'index.json');
  const children = await readIndexFile(file);
  const tags = new Map<string, Descriptor>();
  for (const child of children) {
    const tag = child.annotations?.[TAG_ANNOTATION];
    if (tag === undefined || !isTag(tag)) continue;
    if (tags.has(tag) && tags.get(tag)?.digest !== child.digest) {
      throw wrongInput({ place: { file }, message: `tag "${tag}" is given to two digests`, next: REBUILD });
    }
    tags.set(tag, child);
  }
  const manifests = new Map<string, Descriptor>();
  const blobs = new Map<string, Descriptor>();
  const problems: string[] = [];

  async function follow(descriptor: Descriptor, depth: number): Promise<void> {
    const isIndex = INDEX_TYPES.includes(descriptor.mediaType);
    if (!isIndex && !MANIFEST_TYPES.includes(descriptor.mediaType)) {
      blobs.set(descriptor.digest, descriptor);
      return;
    }
    if (manifests.has(descriptor.digest)) return;
    manifests.set(descriptor.digest, descriptor);
    const path = blobPath(layout, descriptor.digest);
    if (depth > DEEPEST_NESTING) {
      problems.push(`${path}: indexes nested deeper than ${DEEPEST_NESTING}`);
      return;
    }
    const document = await readDocument(path, descriptor).catch(reason);
    if (typeof document === 'string') {
      problems.push(`${path}: ${document}`);
      return;
    }
    const named = isIndex ? [document['manifests']] : [[document['config']], document['layers']];
    for (const next of named.flatMap(descriptorsIn)) await follow(next, depth + 1);
  }

  for (const child of children) await follow(child, 1);
  return { tags, manifests, blobs, problems };
}

const REBUILD = 'Build the layout again: docker buildx bake marker';

async function readIndexFile(file: string): Promise<Descriptor[]> {
  const index = await readSmallFile(file)
    .then(parseObject)
    .catch((error: unknown) => {
      throw wrongInput({ place: { file }, message: `no OCI layout here: ${reason(error)}`, next: REBUILD });
    });
  if (Array.isArray(index['manifests'])) return descriptorsIn(index['manifests']);
  throw wrongInput({
    place: { file },
    message: 'no OCI layout here: "manifests" is not a list',
    next: REBUILD,
  });
}

async function readDocument(path: string, { digest, size }: Descriptor): Promise<Record<string, unknown>> {
  const bytes = await readSmallFile(path);
  if (bytes.length !== size) throw new Error(`${bytes.length} bytes on disk, ${size} in its descriptor`);
  const [algorithm = '', hex] = digest.split(':');
  if (createHash(algorithm).update(bytes).digest('hex') !== hex) {
    throw new Error('its content does not have its digest');
  }
  return parseObject(bytes);
}

async function readSmallFile(path: string): Promise<Buffer> {
  const { file, size } = await openRegularFile(path);
  try {
    if (size > LARGEST_DOCUMENT) throw new Error(`${size} bytes, more than ${LARGEST_DOCUMENT}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null) throw new Error('not a JSON object');
  return value as Record<string, unknown>;
}

/** The sound descriptors of a list; anything else in it cannot be served and is left out. */
function descriptorsIn(value: unknown): Descriptor[] {
  return Array.isArray(value) ? value.filter(isDescriptor) : [];
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size, annotations } = value as Partial<Record<keyof Descriptor, unknown>>;
  return (
    typeof mediaType === 'string' &&
    // It becomes a header.
    /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) &&
    typeof digest === 'string' &&
    isDigest(digest) &&
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    (annotations === undefined || (typeof annotations === 'object' && annotations !== null))
  );
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
