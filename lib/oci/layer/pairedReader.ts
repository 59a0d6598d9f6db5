import { once } from 'node:events';
import { extract, type Header } from 'tar-stream';
import { LayoutError } from '../layoutError.ts';
import { createTarFeed } from '../tar/feed.ts';
import type { TarEntry } from '../tar/entry.ts';

/** Takes the whole payload of an entry. */
export type PayloadTaker = (payload: Buffer) => void;

/** A tar that is read by two readers at the same time. */
export interface PairedReader {
  write(chunk: Buffer): Promise<void>;
  /** To be called when there is no more; without it, a tar that was cut off would go unnoticed. */
  end(): Promise<void>;
  /** Lets go of everything, at any time. */
  destroy(): void;
}

/**
 * Feeds `walkTar`, which sees what Go's archive/tar would, and tar-stream, which unpacks, with the same bytes. Where
 * the two do not agree on an entry, the tar is refused: it could be one image to the checker and another to the builder.
 *
 * @param onEntry is called for each entry, in order, as `walkTar` sees it; what it returns gets the payload. What it
 * throws comes out of `write`.
 * @throws {LayoutError} from `write` and `end`: the rules of `walkTar`, or `tar-readers-disagree`.
 */
export function createPairedReader(onEntry: (entry: TarEntry) => PayloadTaker | undefined): PairedReader {
  /** What `walkTar` has seen and tar-stream has not come to yet. */
  const expected: { entry: TarEntry; take: PayloadTaker | undefined }[] = [];
  const feed = createTarFeed((entry) => expected.push({ entry, take: onEntry(entry) }));
  const tar = extract();
  const closed = once(tar, 'close').catch(() => undefined);
  let failure: Error | undefined;
  tar.on('error', (error) => {
    failure ??= error;
  });

  tar.on('entry', (header, payload, next) => {
    const pair = expected.shift();
    // The payload ends with the tar's own error, which is told there.
    payload.on('error', () => undefined);
    if (pair === undefined || !agree(pair.entry, header)) {
      next(disagreement(pair?.entry, header));
      return;
    }
    const chunks: Buffer[] = [];
    if (pair.take === undefined) payload.resume();
    else payload.on('data', (chunk) => chunks.push(chunk as Buffer));
    payload.on('end', () => {
      pair.take?.(Buffer.concat(chunks));
      next();
    });
  });

  function checkFailure(): void {
    if (failure !== undefined) throw failure instanceof LayoutError ? failure : refusedBySecond(failure);
  }

  return {
    async write(chunk) {
      feed.feed(chunk);
      if (!tar.write(chunk)) await Promise.race([once(tar, 'drain').catch(() => undefined), closed]);
      checkFailure();
    },
    async end() {
      feed.end();
      tar.end(null);
      await closed;
      checkFailure();
      const missed = expected[0];
      if (missed !== undefined) throw disagreement(missed.entry, undefined);
    },
    destroy() {
      tar.destroy();
    },
  };
}

function agree(entry: TarEntry, header: Header): boolean {
  return (
    entry.name === header.name &&
    entry.type === header.type &&
    entry.size === header.size &&
    (!entry.type.endsWith('link') || entry.linkname === header.linkname)
  );
}

function disagreement(entry: TarEntry | undefined, header: Header | undefined): LayoutError {
  const [first, second] = [entry, header].map((seen) =>
    seen === undefined ? 'nothing' : `the ${seen.type} ${JSON.stringify(seen.name)} of ${seen.size} bytes`,
  );
  return new LayoutError(
    'tar-readers-disagree',
    `Go's archive/tar would see ${first ?? ''}, tar-stream sees ${second ?? ''}: expected the same`,
  );
}

/** What tar-stream refuses by itself, although `walkTar` did not. */
function refusedBySecond(error: Error): LayoutError {
  return new LayoutError(
    'tar-readers-disagree',
    `tar-stream refuses the tar (${error.message}): expected a tar`,
  );
}
