import { formatImageRef, imageName } from '../matrix/imageRef.ts';
import type { Distro, ImageRef } from '../matrix/types.ts';

/** The port of `MARKER_REGISTRY`. */
export const MARKER_PORT = 5480;
/** Where the markers are served by default: `host:port` on loopback. Committed policies point here. */
export const MARKER_REGISTRY = `127.0.0.1:${MARKER_PORT}`;

/** The image reference under which a registry at `registryAddress` (`host:port`) serves a distro's marker. */
export function markerRef(distroName: string, registryAddress = MARKER_REGISTRY): string {
  return `${registryAddress}/marker/${distroName}:latest`;
}

/**
 * The source policy that puts a distro's marker in the place of its base, as JSON text with a final newline.
 *
 * A base with a tag is converted as it is and in every digest form of that tag (`<base>@sha256:…`); a base with a digest
 * in exactly that digest, with and without the tag. Nothing else matches: not `<base>-slim`.
 *
 * Keys as in BuildKit's `sourcepolicy/pb/policy.proto`; matching as in `sourcepolicy/matcher.go` and
 * `util/wildcard/wildcard.go`, where `*` is the only special character of a wildcard and `$` of an update. An image
 * reference can hold neither, so nothing needs escaping (and nothing could be).
 */
export function generatePolicy(
  distro: Pick<Distro, 'name' | 'ref'>,
  registryAddress = MARKER_REGISTRY,
): string {
  return formatPolicy(conversions(distro.ref, markerRef(distro.name, registryAddress)));
}

/** A rule of a policy that converts one image reference. */
export interface Conversion {
  action: 'CONVERT';
  selector: { match_type: string; identifier: string };
  updates: { identifier: string };
}

/** The rules that put the image `to` in the place of a base and of nothing else. */
export function conversions(ref: ImageRef, to: string): Conversion[] {
  const updates = { identifier: `docker-image://${to}` };
  return selectorsOf(ref).map((selector) => ({ action: 'CONVERT', selector, updates }));
}

/** A policy's text, as people edit it: two spaces and a final newline. */
export function formatPolicy(rules: readonly Conversion[]): string {
  return JSON.stringify({ rules }, null, 2) + '\n';
}

function selectorsOf(ref: ImageRef) {
  const written = `docker-image://${formatImageRef(ref)}`;
  const identifiers =
    ref.digest === undefined
      ? [written, `${written}@*`]
      : [...new Set([written, `docker-image://${imageName(ref)}@${ref.digest}`])];
  // Without a `*` a wildcard takes in itself alone, as EXACT does. But BuildKit before 0.31 matches an EXACT rule and then
  // leaves the source as it is, without a word (moby/buildkit commit 28ce684).
  return identifiers.map((identifier) => ({ match_type: 'WILDCARD', identifier }));
}
