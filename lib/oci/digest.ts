import { createHash } from 'node:crypto';
import { LayoutError } from './layoutError.ts';

const HEX_LENGTH = { sha256: 64, sha512: 128 } as const;

export type DigestAlgorithm = keyof typeof HEX_LENGTH;

/**
 * Takes a digest apart: `sha256:` or `sha512:` and hex in lower case, of the full length. What passes is safe as a
 * path below `blobs/` (image-spec `descriptor.md`, section Digests).
 *
 * @throws {LayoutError} `digest-form`.
 */
export function parseDigest(digest: string): { algorithm: DigestAlgorithm; hex: string } {
  const [algorithm, hex] = digest.split(':', 2);
  if (
    (algorithm === 'sha256' || algorithm === 'sha512') &&
    hex?.length === HEX_LENGTH[algorithm] &&
    /^[0-9a-f]+$/.test(hex) &&
    digest === `${algorithm}:${hex}`
  ) {
    return { algorithm, hex };
  }
  throw new LayoutError(
    'digest-form',
    `digest ${JSON.stringify(digest.slice(0, 200))}: expected sha256: or sha512: and the hex in lower case`,
  );
}

/** The digest of bytes, or of a text in UTF-8, that are at hand. */
export function sha256(bytes: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
