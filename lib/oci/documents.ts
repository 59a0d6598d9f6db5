import { parseDigest } from './digest.ts';
import { LayoutError } from './layoutError.ts';
import { isConfigType, isIndexType, isManifestType } from './mediaTypes.ts';
import { parseStrictJson } from './strictJson.ts';
import type { Descriptor, ImageConfig, Index, Manifest, OciPlatform } from './types.ts';

type Fields = Record<string, unknown>;

/** The fields that Go's decoder would also take in another case; a map's keys (annotations, labels) are free. */
const DOCUMENT_FIELDS =
  'schemaVersion mediaType artifactType manifests config layers fsLayers subject annotations'.split(' ');
const DESCRIPTOR_FIELDS = 'mediaType digest size urls data platform annotations artifactType'.split(' ');
const PLATFORM_FIELDS = 'os architecture variant os.version os.features'.split(' ');
const CONFIG_FIELDS = ['created', 'author', ...PLATFORM_FIELDS, 'config', 'rootfs', 'history'];
const ROOTFS_FIELDS = ['type', 'diff_ids'];

/**
 * Reads an index (image-spec `image-index.md`, or Docker's manifest list). Fields that this project has no use for are
 * left out.
 *
 * @param mediaType what the descriptor says; undefined for a layout's index.json, which no descriptor points at and
 * whose own `mediaType` may be missing (`image-layout.md`).
 * @throws {LayoutError} for JSON or a shape other than that, an index that could pass for a manifest
 * (CVE-2021-41190), or a `mediaType` that is missing or another.
 */
export function readIndex(bytes: Uint8Array, mediaType?: string): Index {
  const fields = readHead(bytes, mediaType, isIndexType, ['config', 'layers']);
  const annotations = readAnnotations(fields, 'the index');
  return {
    schemaVersion: 2,
    ...optionalString(fields, 'mediaType', 'the index'),
    manifests: list(fields, 'manifests', 'the index').map((value, i) =>
      readDescriptor(value, `manifests[${i}]`),
    ),
    ...annotations,
  };
}

/**
 * Reads an image manifest (image-spec `manifest.md`, or Docker's schema 2).
 *
 * @throws {LayoutError} as `readIndex`.
 */
export function readManifest(bytes: Uint8Array, mediaType: string): Manifest {
  const fields = readHead(bytes, mediaType, isManifestType, ['manifests']);
  return {
    schemaVersion: 2,
    ...optionalString(fields, 'mediaType', 'the manifest'),
    ...optionalString(fields, 'artifactType', 'the manifest'),
    config: readDescriptor(fields.config, 'config'),
    layers: list(fields, 'layers', 'the manifest').map((value, i) => readDescriptor(value, `layers[${i}]`)),
    ...readAnnotations(fields, 'the manifest'),
  };
}

/**
 * Reads an image config (image-spec `config.md`): its platform, `created` and `rootfs` only.
 *
 * @throws {LayoutError} for JSON or a shape other than that, or a media type that is no image config's.
 */
export function readConfig(bytes: Uint8Array, mediaType: string): ImageConfig {
  if (!isConfigType(mediaType)) {
    throw new LayoutError(
      'media-type-unknown',
      `"${mediaType}" is no image config: expected an OCI or Docker one`,
    );
  }
  const fields = object(parseStrictJson(bytes), 'the config', CONFIG_FIELDS);
  const rootfs = object(fields.rootfs, 'rootfs', ROOTFS_FIELDS);
  if (rootfs.type !== 'layers') throw shape('rootfs.type', '"layers"', rootfs.type);
  const diffIds = list(rootfs, 'diff_ids', 'rootfs').map((value, i) => {
    const diffId = string(value, `rootfs.diff_ids[${i}]`);
    parseDigest(diffId);
    return diffId;
  });
  return {
    ...optionalString(fields, 'created', 'the config'),
    ...readPlatform(fields, 'the config'),
    rootfs: { type: 'layers', diff_ids: diffIds },
  };
}

/** What an index and a manifest share: JSON, schema version, media type, and no field of the other kind. */
function readHead(
  bytes: Uint8Array,
  mediaType: string | undefined,
  isExpectedType: (mediaType: string) => boolean,
  foreign: readonly string[],
): Fields {
  const fields = object(parseStrictJson(bytes), 'the document', DOCUMENT_FIELDS);
  if (fields.schemaVersion !== 2) {
    throw new LayoutError('schema-version', `schemaVersion is ${quote(fields.schemaVersion)}: expected 2`);
  }
  const other = [...foreign, 'fsLayers'].find((name) => Object.hasOwn(fields, name));
  if (other !== undefined) {
    throw new LayoutError(
      'document-ambiguous',
      `the document has "${other}": expected either an index or a manifest, not both`,
    );
  }
  const own = fields.mediaType;
  const isRight =
    mediaType === undefined ? own === undefined || isOwnType(own, isExpectedType) : own === mediaType;
  if (!isRight) {
    const expected = mediaType === undefined ? 'an index' : `"${mediaType}", as its descriptor says`;
    throw new LayoutError(
      'document-media-type',
      `the document's mediaType is ${quote(own)}: expected ${expected}`,
    );
  }
  return fields;
}

function isOwnType(own: unknown, isExpectedType: (mediaType: string) => boolean): boolean {
  return typeof own === 'string' && isExpectedType(own);
}

function readDescriptor(value: unknown, where: string): Descriptor {
  const fields = object(value, where, DESCRIPTOR_FIELDS);
  const digest = string(fields.digest, `${where}.digest`);
  parseDigest(digest);
  const { size } = fields;
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw shape(`${where}.size`, 'a whole number of bytes', size);
  }
  return {
    mediaType: string(fields.mediaType, `${where}.mediaType`),
    digest,
    size: size as number,
    ...(fields.platform === undefined
      ? {}
      : { platform: readPlatform(object(fields.platform, `${where}.platform`, PLATFORM_FIELDS), where) }),
    ...readAnnotations(fields, where),
    ...optionalString(fields, 'artifactType', where),
  };
}

/** What containerd takes for a part of a platform (`platforms/platforms.go` `specifierRe`): nothing that a terminal obeys. */
const PLATFORM_PART = /^[\w.-]*$/;

function readPlatform(fields: Fields, where: string): OciPlatform {
  const platform = {
    os: string(fields.os ?? '', `${where} os`, true),
    architecture: string(fields.architecture ?? '', `${where} architecture`, true),
    ...optionalString(fields, 'variant', where),
  };
  for (const [name, value] of Object.entries(platform)) {
    if (PLATFORM_PART.test(value)) continue;
    throw new LayoutError(
      'platform-form',
      `${where} ${name} is ${quote(value)}: expected letters, digits, ".", "_" and "-"`,
    );
  }
  return { ...platform, ...optionalString(fields, 'os.version', where) };
}

function readAnnotations(fields: Fields, where: string): { annotations?: Record<string, string> } {
  if (fields.annotations === undefined || fields.annotations === null) return {};
  const entries = Object.entries(object(fields.annotations, `${where} annotations`, []));
  return {
    annotations: Object.fromEntries(
      entries.map(([key, value]) => [key, string(value, `${where} annotations`, true)]),
    ),
  };
}

/** Checks that a value is an object and that none of its keys is a known field in another case. */
function object(value: unknown, where: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw shape(where, 'an object', value);
  for (const key of Object.keys(value)) {
    const meant = known.includes(key) ? undefined : known.find((name) => fold(name) === fold(key));
    if (meant !== undefined) {
      throw new LayoutError('json-key-case', `${where} has the key ${quote(key)}: expected "${meant}"`);
    }
  }
  return value as Fields;
}

/** Simple case folding as Go's encoding/json does it: U+017F is an s and U+212A a k. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function list(fields: Fields, name: string, where: string): unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw shape(`${where} ${name}`, 'a list', value);
  return value;
}

function string(value: unknown, where: string, mayBeEmpty = false): string {
  if (typeof value !== 'string' || (value === '' && !mayBeEmpty)) throw shape(where, 'a string', value);
  return value;
}

function optionalString<K extends string>(
  fields: Fields,
  name: K,
  where: string,
): Partial<Record<K, string>> {
  const value = fields[name];
  if (value === undefined || value === '') return {};
  return { [name]: string(value, `${where} ${name}`) } as Partial<Record<K, string>>;
}

function shape(where: string, expected: string, found: unknown): LayoutError {
  return new LayoutError('document-shape', `${where} is ${quote(found)}: expected ${expected}`);
}

function quote(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 200);
}
