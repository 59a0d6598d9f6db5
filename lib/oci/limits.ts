const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** An index, manifest or config. Registries and their clients commonly stop at 4 MiB too. */
export const MAX_DOCUMENT_BYTES = 4 * MiB;
/** Nesting of a document's JSON: an image config needs four levels. */
export const MAX_JSON_DEPTH = 32;
/** Indexes within indexes. BuildKit writes two, index.json among them. */
export const MAX_INDEX_DEPTH = 8;
/** Descriptors in all indexes together. */
export const MAX_INDEX_DESCRIPTORS = 1024;
/** Layers of one image: overlayfs takes 500, Docker 127. */
export const MAX_LAYERS = 500;
/** Files in a layout that is a tar. */
export const MAX_LAYOUT_TAR_ENTRIES = 100_000;
/** A long name or a PAX header, as in Go's archive/tar (`maxSpecialFileSize`). */
export const MAX_TAR_EXTENSION_BYTES = 1 * MiB;
/** All long names and PAX headers of one tar together. */
export const MAX_TAR_EXTENSIONS_BYTES = 64 * MiB;
/** Zeros behind the end of a tar: GNU tar fills up to 10 KiB. */
export const MAX_TAR_PADDING_BYTES = 1 * MiB;
/** Linux's PATH_MAX. */
export const MAX_TAR_NAME_BYTES = 4096;
/** Symlinks and hard links followed for one lookup: Linux's limit is 40 as well. */
export const MAX_LINKS = 40;
/** A variable-length gzip header: file name, comment and extra field. */
export const MAX_GZIP_HEADER_BYTES = 64 * KiB;
/** A zstd window: what fzstd supports, and four times what BuildKit's encoder uses. It is held in memory. */
export const MAX_ZSTD_WINDOW_BYTES = 32 * MiB;
/** What is read from a disk at a time, and unpacked at a time. */
export const CHUNK_BYTES = 256 * KiB;

/** What one lookup of files in an image may cost. */
export interface LookupLimits {
  /**
   * Entries of all layers read, and directories that they imply. Each is held in memory, at some 90 bytes: with 300,000 of
   * them in a layer of 1 GB, a lookup takes 145 MB, of which Node and its loader have 90.
   */
  entries: number;
  /** Bytes of all names and link targets together; directories that paths share have theirs once. */
  nameBytes: number;
  /** Bytes that all layers read for one lookup may unpack to; they stream by and are not kept. */
  unpackedBytes: number;
  /** Bytes of one file that is returned. */
  fileBytes: number;
}

export const LOOKUP_LIMITS: LookupLimits = {
  entries: 300_000,
  nameBytes: 16 * MiB,
  unpackedBytes: 8 * GiB,
  fileBytes: 16 * MiB,
};

/**
 * Bytes that all layers read for one check of a layout may unpack to: bombs cost some ten minutes together at the most,
 * however many images name them.
 */
export const MAX_CHECK_UNPACKED_BYTES = 128 * GiB;

/** A marker is a platform, which is far shorter. */
export const MAX_MARKER_BYTES = 256;

/** What a layout may cost that is a compressed tar. */
export interface CompressedTarLimits {
  /** Bytes that the tar may unpack to; they stream by. */
  unpackedBytes: number;
  /** Bytes that all passes over it may unpack to together. */
  allPassesBytes: number;
  /** A file up to this size is kept in memory from the first pass on, until `keptBytes` are. */
  keptFileBytes: number;
  keptBytes: number;
}

export const COMPRESSED_TAR_LIMITS: CompressedTarLimits = {
  unpackedBytes: 16 * GiB,
  allPassesBytes: 128 * GiB,
  keptFileBytes: 1 * MiB,
  keptBytes: 16 * MiB,
};
