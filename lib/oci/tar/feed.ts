import { LayoutError } from '../layoutError.ts';
import type { TarEntry } from './entry.ts';
import { walkTar } from './walk.ts';

/** A tar that comes in chunks of any size. */
export interface TarFeed {
  /** Takes the next chunk; calls back for each file whose headers are complete. */
  feed(chunk: Buffer): void;
  /** To be called when there is no more. */
  end(): void;
}

/**
 * Walks a tar that streams by and holds no more of it than one header.
 *
 * @throws {LayoutError} from `feed` and `end`, as `walkTar`.
 */
export function createTarFeed(onEntry: (entry: TarEntry) => void): TarFeed {
  const walk = walkTar();
  let step = walk.next();
  let toSkip = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;

  /** Goes on to the next step for which bytes are needed. */
  function resume(bytes: Buffer): void {
    step = walk.next(bytes);
    while (!step.done && step.value.kind !== 'read') {
      if (step.value.kind === 'entry') onEntry(step.value.entry);
      else toSkip = step.value.bytes;
      if (toSkip > 0) return;
      step = walk.next(EMPTY);
    }
  }

  function feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !step.done) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - at);
        at += skipped;
        toSkip -= skipped;
        if (toSkip === 0) resume(EMPTY);
        continue;
      }
      const wanted = step.value.kind === 'read' ? step.value.bytes : 0;
      const part = chunk.subarray(at, at + wanted - heldBytes);
      at += part.length;
      heldBytes += part.length;
      held.push(part);
      if (heldBytes === wanted) resume(takeHeld());
    }
  }

  function takeHeld(): Buffer {
    const bytes = held.length === 1 ? (held[0] ?? EMPTY) : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return bytes;
  }

  return {
    feed,
    end() {
      if (toSkip > 0) {
        throw new LayoutError(
          'tar-truncated',
          `the tar ends ${toSkip} bytes too early: expected all of its last file`,
        );
      }
      while (!step.done) resume(takeHeld());
    },
  };
}

const EMPTY = Buffer.alloc(0);
