import { LayoutError } from './layoutError.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
/** The layers of an attestation manifest, as BuildKit writes it (`docs/attestations/attestation-storage.md`). */
export const IN_TOTO = 'application/vnd.in-toto+json';

const INDEX = [OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'];
const MANIFEST = [OCI_MANIFEST, 'application/vnd.docker.distribution.manifest.v2+json'];
const CONFIG = [OCI_CONFIG, 'application/vnd.docker.container.image.v1+json'];

/** image-spec `layer.md` and Docker's schema 2. Non-distributable layers are read if their blob is there. */
const LAYERS: Readonly<Record<string, Compression>> = {
  'application/vnd.oci.image.layer.v1.tar': 'none',
  [OCI_LAYER_GZIP]: 'gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'zstd',
  'application/vnd.oci.image.layer.nondistributable.v1.tar': 'none',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd': 'zstd',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'zstd',
  'application/vnd.docker.image.rootfs.foreign.diff.tar': 'none',
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip': 'gzip',
};

export function isIndexType(mediaType: string): boolean {
  return INDEX.includes(mediaType);
}

export function isManifestType(mediaType: string): boolean {
  return MANIFEST.includes(mediaType);
}

export function isConfigType(mediaType: string): boolean {
  return CONFIG.includes(mediaType);
}

/**
 * How a layer of this media type is compressed.
 *
 * @throws {LayoutError} `media-type-unknown` for what is no filesystem layer.
 */
export function layerCompression(mediaType: string): Compression {
  const compression = Object.hasOwn(LAYERS, mediaType) ? LAYERS[mediaType] : undefined;
  if (compression === undefined) {
    throw new LayoutError(
      'media-type-unknown',
      `"${mediaType}" is no layer: expected a tar, plain, +gzip or +zstd`,
    );
  }
  return compression;
}
