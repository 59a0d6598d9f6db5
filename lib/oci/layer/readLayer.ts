import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { extract, type Header } from 'tar-stream';
import type { Layout } from '../blobs.ts';
import { parseDigest } from '../digest.ts';
import { LayoutError, located } from '../layoutError.ts';
import type { LookupLimits } from '../limits.ts';
import { layerCompression } from '../mediaTypes.ts';
import { createTarFeed } from '../tar/feed.ts';
import type { TarEntry } from '../tar/walk.ts';
import type { Descriptor } from '../types.ts';
import { createLayerIndex, type LayerEntry, type LayerIndex } from './layerIndex.ts';
import { unpack } from './unpack.ts';

/** A layer as a manifest and its config name it. */
export interface LayerSource {
  descriptor: Descriptor;
  /** The digest of the unpacked tar, from the config's `rootfs.diff_ids`. */
  diffId: string;
}

/** How many bytes may still be unpacked; counted down. */
export interface Budget {
  bytes: number;
}

/**
 * Reads a layer from its first byte to its last, and returns what it says about paths and the content of the entries
 * that `wants` picks. Memory grows with the number of entries and with what is picked, not with the layer.
 *
 * The layer is read twice over at the same time: `walkTar` sees what Go's archive/tar would, tar-stream unpacks, and
 * where the two do not agree on an entry the layer is refused. Digest, size and diff_id are checked.
 *
 * @throws {LayoutError} for whatever is wrong with the blob, its compression, its tar or its changeset.
 */
export async function readLayer(
  layout: Layout,
  source: LayerSource,
  wants: (entry: LayerEntry) => boolean,
  limits: LookupLimits,
  budget: Budget,
): Promise<LayerIndex> {
  const { descriptor, diffId } = source;
  try {
    const compression = layerCompression(descriptor.mediaType);
    const { algorithm, hex } = parseDigest(diffId);
    const hash = createHash(algorithm);
    const index = createLayerIndex(limits);
    const reader = createPairedReader((entry) => index.add(entry), wants, limits);
    try {
      for await (const chunk of unpack(await layout.openBlob(descriptor), compression)) {
        budget.bytes -= chunk.length;
        if (budget.bytes < 0) throw tooLarge(limits);
        hash.update(chunk);
        await reader.write(chunk);
      }
      await reader.end();
    } finally {
      reader.destroy();
    }
    const found = hash.digest('hex');
    if (found !== hex) {
      throw new LayoutError(
        'diff-id-mismatch',
        `unpacks to ${algorithm}:${found}: expected diff_id ${diffId}`,
      );
    }
    return index.finish();
  } catch (error) {
    throw located(error, { layout: layout.path, descriptor });
  }
}

interface PairedReader {
  write(chunk: Buffer): Promise<void>;
  end(): Promise<void>;
  destroy(): void;
}

/** Feeds `walkTar` and tar-stream with the same bytes and holds their entries against each other. */
function createPairedReader(
  add: (entry: TarEntry) => LayerEntry | undefined,
  wants: (entry: LayerEntry) => boolean,
  limits: LookupLimits,
): PairedReader {
  /** What `walkTar` has seen and tar-stream has not come to yet. */
  const expected: { entry: TarEntry; added: LayerEntry | undefined }[] = [];
  const feed = createTarFeed((entry) => expected.push({ entry, added: add(entry) }));
  const tar = extract();
  let failure: unknown;
  tar.on('error', (error) => {
    failure ??= error;
  });
  const closed = once(tar, 'close').catch(() => undefined);

  tar.on('entry', (headers, payload, next) => {
    const pair = expected.shift();
    if (pair === undefined || !agree(pair.entry, headers)) {
      next(disagreement(pair?.entry, headers));
      return;
    }
    const { added } = pair;
    payload.on('end', () => {
      next();
    });
    if (added?.type !== 'file' || !wants(added)) {
      payload.resume();
      return;
    }
    if (added.size > limits.fileBytes) {
      next(
        new LayoutError(
          'file-too-large',
          `${added.path} has ${added.size} bytes: expected at most ${limits.fileBytes}`,
        ),
      );
      return;
    }
    const chunks: Buffer[] = [];
    payload.on('data', (chunk) => {
      chunks.push(chunk as Buffer);
    });
    payload.on('end', () => {
      added.content = Buffer.concat(chunks);
    });
  });

  function checkFailure(): void {
    if (failure !== undefined) throw asLayoutError(failure);
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
    destroy: () => {
      tar.destroy();
    },
  };
}

function agree(entry: TarEntry, headers: Header): boolean {
  return (
    entry.name === headers.name &&
    entry.type === headers.type &&
    entry.size === headers.size &&
    (!entry.type.endsWith('link') || entry.linkname === headers.linkname)
  );
}

function disagreement(entry: TarEntry | undefined, headers: Header | undefined): LayoutError {
  const ours = entry && `${entry.type} ${JSON.stringify(entry.name)} of ${entry.size} bytes`;
  const theirs = headers && `${headers.type} ${JSON.stringify(headers.name)} of ${headers.size} bytes`;
  return new LayoutError(
    'tar-readers-disagree',
    `Go's archive/tar would see ${ours ?? 'nothing'}, tar-stream sees ${theirs ?? 'nothing'}: expected the same`,
  );
}

/** What tar-stream itself refuses, although `walkTar` did not. */
function asLayoutError(error: unknown): unknown {
  if (error instanceof LayoutError) return error;
  return new LayoutError(
    'tar-readers-disagree',
    `tar-stream refuses the tar: ${(error as Error).message}: expected a tar`,
  );
}

function tooLarge(limits: LookupLimits): LayoutError {
  return new LayoutError('layer-too-large', `unpacks to over ${limits.unpackedBytes} bytes: expected less`);
}
