import { createHash } from 'node:crypto';
import { parseDigest } from '../digest.ts';
import { LayoutError } from '../layoutError.ts';
import type { Descriptor } from '../types.ts';
import type { Chunks } from './files.ts';

/**
 * Passes bytes on and holds them against a descriptor's size and digest as they go by: too many bytes are refused at
 * once, too few and a wrong digest at the end.
 *
 * @throws {LayoutError} `size-mismatch` or `digest-mismatch`, or what the source throws.
 */
export async function* verified(source: Chunks, descriptor: Descriptor): AsyncGenerator<Buffer> {
  const { algorithm, hex } = parseDigest(descriptor.digest);
  const hash = createHash(algorithm);
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > descriptor.size) throw sizeMismatch(size, descriptor);
    hash.update(chunk);
    yield chunk;
  }
  if (size !== descriptor.size) throw sizeMismatch(size, descriptor);
  const found = hash.digest('hex');
  if (found !== hex) {
    throw new LayoutError(
      'digest-mismatch',
      `the bytes have ${algorithm}:${found}: expected the descriptor's digest`,
    );
  }
}

export function sizeMismatch(found: number, descriptor: Descriptor): LayoutError {
  return new LayoutError('size-mismatch', `the blob has ${found} bytes: expected ${descriptor.size}`);
}
