import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import type { Provenance, RawMaterial } from './provenance.ts';

/** A source that BuildKit resolved for a build. */
export interface Material {
  /** `other` is what cannot be an image of the build: a blob, a bundle, a URI of another form. */
  kind: 'image' | 'oci-layout' | 'git' | 'http' | 'other';
  /**
   * The repository as Docker shortens it (`debian`, `127.0.0.1:5480/marker/azlinux3`), the named context of an
   * oci-layout, or the URI.
   */
  name: string;
  tag?: string;
  /** `sha256:` and hex; of an image its index, where it has one. A git commit is `sha1:` and hex. */
  digest?: string;
  /** Normalized, such as `linux/arm64`. */
  platform?: string;
}

/** The sources of a build, in BuildKit's order. Follows its `solver/llbsolver/provenance/predicate.go`. */
export function materialsOf(provenance: Provenance): Material[] {
  return provenance.materials.map(readMaterial);
}

/**
 * True when an image with this digest was resolved at this platform. That it was resolved does not prove that its
 * files were used.
 *
 * @param digest of the index, as the layout's `index.json` has it.
 * @param platform in any form; both sides are normalized.
 */
export function holdsMarker(materials: readonly Material[], digest: string, platform: string): boolean {
  const wanted = readPlatform(platform);
  return materials.some(
    (material) =>
      (material.kind === 'image' || material.kind === 'oci-layout') &&
      material.digest === digest &&
      material.platform !== undefined &&
      material.platform === wanted,
  );
}

function readMaterial({ uri, digest }: RawMaterial): Material {
  const [algorithm, hex] = Object.entries(digest)[0] ?? [];
  const known = algorithm === undefined || hex === undefined ? {} : { digest: `${algorithm}:${hex}` };
  if (uri.startsWith('pkg:'))
    return { ...known, ...(readImage(uri, known.digest) ?? { kind: 'other', name: uri }) };
  if (algorithm === 'sha1' || /^(git|ssh):|^[^/]+@/.test(uri)) return { kind: 'git', name: uri, ...known };
  if (/^https?:\/\//.test(uri)) return { kind: 'http', name: uri, ...known };
  return { kind: 'other', name: uri, ...known };
}

/**
 * Reads `pkg:docker/<name>[@tag][?digest=…&platform=…]`, or the same with `oci` for a layout: package-url's form, as
 * BuildKit's `util/purl/image.go` fills it.
 */
function readImage(uri: string, knownDigest: string | undefined): Material | undefined {
  const [, type, path, query = ''] = /^pkg:(docker|oci)\/([^?#]+)(?:\?([^#]*))?$/.exec(uri) ?? [];
  if (path === undefined) return undefined;
  const qualifiers = new URLSearchParams(query);
  // A blob, or a bundle of a git repository, that is kept in a registry.
  if (qualifiers.has('ref_type')) return undefined;
  const at = path.lastIndexOf('@');
  const name = decode(at === -1 ? path : path.slice(0, at));
  const tag = at === -1 ? undefined : decode(path.slice(at + 1));
  if (name === undefined || (at !== -1 && tag === undefined)) return undefined;
  const digest = knownDigest ?? qualifiers.get('digest') ?? undefined;
  const platform = readPlatform(qualifiers.get('platform') ?? '');
  return {
    kind: type === 'docker' ? 'image' : 'oci-layout',
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    ...(platform === undefined ? {} : { platform }),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readPlatform(text: string): string | undefined {
  try {
    return formatPlatform(parsePlatform(text));
  } catch {
    return undefined;
  }
}
