import type { Layout } from './blobs.ts';
import { readConfig, readIndex, readManifest } from './documents.ts';
import { LayoutError, located } from './layoutError.ts';
import { MAX_INDEX_DEPTH, MAX_INDEX_DESCRIPTORS, MAX_LAYERS } from './limits.ts';
import { IN_TOTO, isIndexType, isManifestType, layerCompression } from './mediaTypes.ts';
import { formatPlatform, platformOf } from './platform.ts';
import type { Descriptor, ImageConfig, Manifest } from './types.ts';

/** An image of one platform. */
export interface Image {
  /** `os/arch[/variant]`, normalized. Descriptor and config agree on it. */
  platform: string;
  descriptor: Descriptor;
  manifest: Manifest;
  config: ImageConfig;
}

export interface LayoutImages {
  /** In the order of the indexes; no platform comes twice. */
  images: Image[];
  /** Attestation manifests, which are no images. */
  attestations: Descriptor[];
}

const REF_NAME = 'org.opencontainers.image.ref.name';
const UNKNOWN = 'unknown/unknown';

/**
 * Lists the images of a layout: from index.json through nested indexes (image-spec `image-index.md`) to manifests and
 * configs, all held against digest and size. Attestation manifests, as BuildKit writes them with platform
 * unknown/unknown and in-toto layers (`docs/attestations/attestation-storage.md`), are set aside.
 *
 * @param options.ref the tag (`org.opencontainers.image.ref.name` in index.json) to take. Needed only where tags lead
 * to different things.
 * @throws {LayoutError} for a document that is refused, a tag that is not there or has to be chosen, a platform that
 * is missing, comes twice, or that descriptor and config contradict each other in.
 */
export async function listImages(layout: Layout, options: { ref?: string } = {}): Promise<LayoutImages> {
  try {
    const found: LayoutImages = { images: [], attestations: [] };
    const seen = new Set<string>();
    checkCount(layout.index.manifests.length);
    for (const descriptor of chooseRef(layout.index.manifests, options.ref)) {
      await visit(layout, descriptor, 1, seen, found);
    }
    checkPlatforms(found.images);
    return found;
  } catch (error) {
    throw located(error, { layout: layout.path });
  }
}

/** The descriptors of index.json that bear the tag, or all of them where there is nothing to choose. */
function chooseRef(manifests: readonly Descriptor[], ref: string | undefined): Descriptor[] {
  const refs = [...new Set(manifests.map((descriptor) => descriptor.annotations?.[REF_NAME]))];
  const shown = refs.map((name) => (name === undefined ? 'none' : JSON.stringify(name))).join(', ');
  if (ref !== undefined) {
    const chosen = manifests.filter((descriptor) => descriptor.annotations?.[REF_NAME] === ref);
    if (chosen.length > 0) return chosen;
    throw new LayoutError(
      'ref-not-found',
      `index.json has no tag ${JSON.stringify(ref)}: expected one of ${shown}`,
    );
  }
  const byDigest = new Map(manifests.map((descriptor) => [descriptor.digest, descriptor]));
  if (refs.length <= 1) return [...manifests];
  if (byDigest.size === 1) return [...byDigest.values()];
  throw new LayoutError(
    'ref-needed',
    `index.json has several tags (${shown}): expected one of them to be chosen`,
  );
}

async function visit(
  layout: Layout,
  descriptor: Descriptor,
  depth: number,
  seen: Set<string>,
  found: LayoutImages,
): Promise<void> {
  if (seen.has(descriptor.digest)) {
    throw new LayoutError('index-repeats', 'an index leads here twice: expected each manifest once', {
      descriptor,
    });
  }
  seen.add(descriptor.digest);
  if (isIndexType(descriptor.mediaType)) {
    if (depth > MAX_INDEX_DEPTH) {
      throw new LayoutError('index-too-deep', `over ${MAX_INDEX_DEPTH} indexes deep: expected fewer`, {
        descriptor,
      });
    }
    const index = await read(layout, descriptor, readIndex);
    checkCount(seen.size + index.manifests.length, descriptor);
    for (const child of index.manifests) await visit(layout, child, depth + 1, seen, found);
    return;
  }
  if (!isManifestType(descriptor.mediaType)) {
    throw new LayoutError(
      'media-type-unknown',
      `"${descriptor.mediaType}" is neither an index nor a manifest: expected one of them`,
      { descriptor },
    );
  }
  const manifest = await read(layout, descriptor, readManifest);
  if (isAttestation(descriptor, manifest)) found.attestations.push(descriptor);
  else found.images.push(await readImage(layout, descriptor, manifest));
}

/** @param count of the descriptors that have been met in all indexes. */
function checkCount(count: number, descriptor?: Descriptor): void {
  if (count <= MAX_INDEX_DESCRIPTORS) return;
  const detail = `over ${MAX_INDEX_DESCRIPTORS} descriptors: expected fewer`;
  throw new LayoutError('index-too-large', detail, descriptor === undefined ? {} : { descriptor });
}

function isAttestation(descriptor: Descriptor, manifest: Manifest): boolean {
  const claimed = platformOf(descriptor);
  const isUnknown = claimed !== undefined && formatPlatform(claimed) === UNKNOWN;
  const isInToto =
    manifest.layers.length > 0 && manifest.layers.every(({ mediaType }) => mediaType === IN_TOTO);
  if (isUnknown && !isInToto) {
    throw new LayoutError(
      'platform-unknown',
      `platform ${UNKNOWN} with layers that are not in-toto: expected an attestation, or an image's platform`,
      { descriptor },
    );
  }
  return isUnknown;
}

async function readImage(layout: Layout, descriptor: Descriptor, manifest: Manifest): Promise<Image> {
  const config = await read(layout, manifest.config, readConfig);
  try {
    if (manifest.layers.length > MAX_LAYERS) {
      throw new LayoutError(
        'layers-too-many',
        `${manifest.layers.length} layers: expected at most ${MAX_LAYERS}`,
      );
    }
    for (const layer of manifest.layers) layerCompression(layer.mediaType);
    const diffIds = config.rootfs.diff_ids.length;
    if (diffIds !== manifest.layers.length) {
      throw new LayoutError(
        'diff-id-count',
        `${manifest.layers.length} layers and ${diffIds} diff_ids in the config: expected as many`,
      );
    }
    return { platform: agreedPlatform(descriptor, config), descriptor, manifest, config };
  } catch (error) {
    throw located(error, { descriptor });
  }
}

function agreedPlatform(descriptor: Descriptor, config: ImageConfig): string {
  const configured = platformOf(config);
  if (configured === undefined || configured.os === '' || configured.architecture === '') {
    throw new LayoutError('platform-missing', 'the config has no os or no architecture: expected both');
  }
  const platform = formatPlatform(configured);
  const claimed = platformOf(descriptor);
  if (claimed === undefined) return platform;
  const versions = [claimed['os.version'], configured['os.version']];
  const isOtherVersion =
    versions[0] !== undefined && versions[1] !== undefined && versions[0] !== versions[1];
  if (formatPlatform(claimed) !== platform || isOtherVersion) {
    const shown = [formatPlatform(claimed), platform].map((name, i) =>
      [name, versions[i]].filter(Boolean).join(' '),
    );
    throw new LayoutError(
      'platform-contradiction',
      `the descriptor says ${shown[0] ?? ''} and the config ${shown[1] ?? ''}: expected the same`,
    );
  }
  return platform;
}

function checkPlatforms(images: readonly Image[]): void {
  const first = new Map<string, Image>();
  for (const image of images) {
    const other = first.get(image.platform);
    if (other !== undefined) {
      throw new LayoutError(
        'platform-duplicate',
        `${image.platform} is the platform of ${other.descriptor.digest} too: expected one manifest per platform`,
        { descriptor: image.descriptor },
      );
    }
    first.set(image.platform, image);
  }
}

/** Reads a document and names its descriptor in whatever is wrong with it. */
async function read<T>(
  layout: Layout,
  descriptor: Descriptor,
  parse: (bytes: Uint8Array, mediaType: string) => T,
): Promise<T> {
  const bytes = await layout.readDocument(descriptor);
  try {
    return parse(bytes, descriptor.mediaType);
  } catch (error) {
    throw located(error, { descriptor });
  }
}
