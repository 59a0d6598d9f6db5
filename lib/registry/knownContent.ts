import type { Layout } from '../oci/blobs.ts';
import { readIndex, readManifest } from '../oci/documents.ts';
import { LayoutError } from '../oci/layoutError.ts';
import { MAX_INDEX_DEPTH } from '../oci/limits.ts';
import { isIndexType, isManifestType } from '../oci/mediaTypes.ts';
import type { Descriptor } from '../oci/types.ts';
import { isTag } from './routes.ts';

/** What a layout has to give: no other file of it is ever opened. */
export interface KnownContent {
  /** Tag (`org.opencontainers.image.ref.name`) to the descriptor of an index or manifest in `index.json`. */
  tags: ReadonlyMap<string, Descriptor>;
  /** Digest to descriptor, of every index and manifest that can be reached from `index.json`. */
  manifests: ReadonlyMap<string, Descriptor>;
  /** Digest to descriptor, of every config, layer and other blob that can be reached. */
  blobs: ReadonlyMap<string, Descriptor>;
  /** What could not be followed: one sentence each, with the layout's path and the digest. */
  problems: readonly string[];
}

const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';

/**
 * Reads which digests and tags a layout has, by following `index.json` through nested indexes to manifests, configs
 * and layers. A document that is missing, or not what its descriptor says, does not stop the others.
 *
 * @throws {LayoutError} `ref-needed` when one tag is given to two digests.
 */
export async function readKnownContent(layout: Layout): Promise<KnownContent> {
  const manifests = new Map<string, Descriptor>();
  const blobs = new Map<string, Descriptor>();
  const problems: string[] = [];

  async function follow(descriptor: Descriptor, depth: number): Promise<void> {
    const { mediaType, digest } = descriptor;
    if (!isDocument(descriptor)) {
      blobs.set(digest, descriptor);
      return;
    }
    if (manifests.has(digest)) return;
    manifests.set(digest, descriptor);
    if (depth > MAX_INDEX_DEPTH) {
      problems.push(`${layout.path}: ${digest}: over ${MAX_INDEX_DEPTH} indexes deep`);
      return;
    }
    try {
      const bytes = await layout.readDocument(descriptor);
      const children = isIndexType(mediaType)
        ? readIndex(bytes, mediaType).manifests
        : childrenOf(readManifest(bytes, mediaType));
      for (const child of children) await follow(child, depth + 1);
    } catch (error) {
      if (!(error instanceof LayoutError)) throw error;
      const { detail } = error;
      problems.push(`${layout.path}: ${digest}: ${detail}`);
    }
  }

  for (const descriptor of layout.index.manifests) await follow(descriptor, 1);
  return { tags: readTags(layout), manifests, blobs, problems };
}

function readTags({ path, index }: Layout): Map<string, Descriptor> {
  const tags = new Map<string, Descriptor>();
  for (const descriptor of index.manifests.filter(isDocument)) {
    const tag = descriptor.annotations?.[TAG_ANNOTATION];
    if (tag === undefined || !isTag(tag)) continue;
    if ((tags.get(tag) ?? descriptor).digest !== descriptor.digest) {
      throw new LayoutError('ref-needed', `tag "${tag}" is given to two digests: expected one`, {
        layout: path,
        descriptor,
      });
    }
    tags.set(tag, descriptor);
  }
  return tags;
}

function isDocument({ mediaType }: Descriptor): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType);
}

function childrenOf({ config, layers }: { config: Descriptor; layers: Descriptor[] }): Descriptor[] {
  return [config, ...layers];
}
