import { LayoutError } from '../layoutError.ts';
import type { TarEntry } from './entry.ts';
import { walkTar } from './walk.ts';

/** Takes the whole payload of an entry. */
export type PayloadTaker = (payload: Buffer) => void;

/** A tar that is given chunk by chunk. */
export interface TarFeed {
  /** Takes the next chunk; calls back for each file whose headers are complete. */
  feed(chunk: Buffer): void;
  /** To be called when there is no more. */
  end(): void;
}

/**
 * Walks a tar that streams by and holds no more of it than one header and the payload that is asked for.
 *
 * @param onEntry is called for each entry, in order; what it returns gets the payload. What either throws comes out of
 * `feed`.
 * @throws {LayoutError} from `feed` and `end`, as `walkTar`.
 */
export function createTarFeed(onEntry: (entry: TarEntry) => PayloadTaker | undefined): TarFeed {
  const walk = walkTar();
  let step = walk.next();
  let toSkip = 0;
  let take: PayloadTaker | undefined;
  let payload: Buffer[] = [];
  let missing = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;

  /** Goes on to the next step for which bytes are needed. */
  function resume(bytes: Buffer): void {
    step = walk.next(bytes);
    while (!step.done && step.value.kind !== 'read') {
      if (step.value.kind === 'entry') startPayload(step.value.entry);
      else toSkip = step.value.bytes;
      if (toSkip > 0) return;
      step = walk.next(EMPTY);
    }
  }

  function startPayload(entry: TarEntry): void {
    take = onEntry(entry);
    payload = [];
    missing = entry.size;
    if (missing === 0) take?.(EMPTY);
  }

  /** Takes what goes by of a payload; its padding goes by too. */
  function passBy(bytes: Buffer, taker: PayloadTaker): void {
    if (missing === 0) return;
    const part = bytes.subarray(0, missing);
    payload.push(part);
    missing -= part.length;
    if (missing === 0) taker(Buffer.concat(payload));
  }

  function feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !step.done) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - at);
        if (take !== undefined) passBy(chunk.subarray(at, at + skipped), take);
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
