import type { Descriptor } from './types.ts';

/** Every reason for which a layout is refused. The ids are stable: reports and scripts may rely on them. */
export const LAYOUT_RULES = [
  // The layout as a whole: image-spec `image-layout.md`.
  'layout-not-found',
  'layout-kind',
  'layout-marker',
  'layout-version',
  'layout-tar-duplicate',
  'layout-too-large',
  // Descriptors and the blobs that they point at: `descriptor.md`.
  'digest-form',
  'digest-mismatch',
  'size-mismatch',
  'blob-missing',
  'blob-not-a-file',
  // Documents: `image-index.md`, `manifest.md`, `config.md`.
  'document-too-large',
  'document-shape',
  'document-ambiguous',
  'document-media-type',
  'json-syntax',
  'json-duplicate-key',
  'json-key-case',
  'json-too-deep',
  'schema-version',
  'media-type-unknown',
  'index-too-deep',
  'index-too-large',
  'index-repeats',
  'ref-needed',
  'ref-not-found',
  'platform-form',
  'platform-missing',
  'platform-contradiction',
  'platform-duplicate',
  'platform-unknown',
  'layers-too-many',
  'diff-id-count',
  'diff-id-mismatch',
  // Compression of layers and of tar layouts: RFC 1952, RFC 8878.
  'compression-contradiction',
  'gzip-header',
  'gzip-data',
  'gzip-trailing-data',
  'zstd-header',
  'zstd-data',
  'zstd-trailing-data',
  // Tar, wherever two readers could see two things: POSIX pax, Go's archive/tar, tar-stream.
  'tar-truncated',
  'tar-checksum',
  'tar-format',
  'tar-number',
  'tar-type',
  'tar-sparse',
  'tar-hidden-payload',
  'tar-name',
  'tar-name-traversal',
  'tar-pax-record',
  'tar-global-pax',
  'tar-extension-order',
  'tar-extension-size',
  'tar-end',
  'tar-trailing-data',
  'tar-too-many-entries',
  // Changesets: `layer.md`, and containerd's `pkg/archive/tar.go` where it goes another way.
  'layer-too-large',
  'layer-type-change',
  'layer-parent',
  'layer-through-symlink',
  'layer-whiteout-name',
  'layer-whiteout-conflict',
  'layer-overlay-xattr',
  'layer-overlay-device',
  'hardlink-target',
  'symlink-loop',
  'symlink-target',
  'file-too-large',
] as const;

export type LayoutRule = (typeof LAYOUT_RULES)[number];

/** Where in a layout something is wrong. */
export interface LayoutPlace {
  /** The layout's path, as it was given. */
  layout?: string;
  /** The descriptor that points at what is wrong. */
  descriptor?: Descriptor;
}

/**
 * A layout that is refused. `rule` is a stable id to test for; `message` names the layout, the descriptor with its
 * digest, what is wrong and what was expected, and ends with the rule in brackets.
 */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  readonly rule: LayoutRule;
  readonly detail: string;
  readonly place: LayoutPlace;

  constructor(rule: LayoutRule, detail: string, place: LayoutPlace = {}) {
    const where = [
      ...(place.layout === undefined ? [] : [place.layout]),
      ...(place.descriptor === undefined ? [] : [describeDescriptor(place.descriptor)]),
    ];
    super(`${[...where, detail].join(': ')} [${rule}]`);
    this.rule = rule;
    this.detail = detail;
    this.place = place;
  }
}

/**
 * The same error with the place filled in where it was not known yet, to be thrown on. What is no LayoutError comes
 * back as it is.
 */
export function located(error: unknown, place: LayoutPlace): unknown {
  if (!(error instanceof LayoutError)) return error;
  return new LayoutError(error.rule, error.detail, { ...place, ...error.place });
}

/** `mediaType digest (size bytes, platform, ref)`: enough to find the descriptor in the layout's documents. */
function describeDescriptor(descriptor: Descriptor): string {
  const { mediaType, digest, size, platform, annotations } = descriptor;
  const ref = annotations?.['org.opencontainers.image.ref.name'];
  const facts = [
    `${size} bytes`,
    ...(platform === undefined
      ? []
      : [[platform.os, platform.architecture, platform.variant].filter(Boolean).join('/')]),
    ...(ref === undefined ? [] : [`ref ${JSON.stringify(ref)}`]),
  ];
  return `${mediaType} ${digest} (${facts.join(', ')})`;
}
