import { realpathSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parseDigest } from './digest.ts';
import { readIndex } from './documents.ts';
import { sniffCompression } from './layer/unpack.ts';
import { LayoutError, located } from './layoutError.ts';
import { MAX_DOCUMENT_BYTES } from './limits.ts';
import { openCompressedTar } from './store/compressedTar.ts';
import { openDirectory } from './store/directory.ts';
import type { Chunks, LayoutFile, LayoutFiles } from './store/files.ts';
import { openPlainTar } from './store/plainTar.ts';
import { sizeMismatch, verified } from './store/verified.ts';
import { parseStrictJson } from './strictJson.ts';
import type { Descriptor, Index } from './types.ts';

/** An OCI image layout that is open for reading. Nothing is ever written. */
export interface Layout {
  /** As it was given. */
  readonly path: string;
  /** Its index.json. */
  readonly index: Index;
  /** Reads a blob of at most `MAX_DOCUMENT_BYTES` whole, held against the descriptor's size and digest. */
  readDocument(descriptor: Descriptor): Promise<Buffer>;
  /**
   * Opens a blob of any size. What is read is held against size and digest; where they do not hold, the stream is
   * destroyed with a LayoutError before it ends.
   */
  openBlob(descriptor: Descriptor): Promise<Readable>;
  /** Ends what is read of it, where the layout was opened with one. */
  readonly signal?: AbortSignal | undefined;
  close(): Promise<void>;
}

/**
 * Opens an OCI image layout (image-spec 1.1 `image-layout.md`): a directory, a tar of one, or a gzip or zstd compressed
 * tar, which is read in several passes and never unpacked to disk.
 *
 * @param path of the directory or tar.
 * @param signal ends the reading of layers and of a compressed tar, with the reason that it was aborted for.
 * @throws {LayoutError} for what is no layout, one of another version, or an index.json that `readIndex` refuses. All
 * errors of the layout name its path, and the descriptor where there is one.
 */
export async function openLayout(path: string, signal?: AbortSignal): Promise<Layout> {
  try {
    const files = await openFiles(path, signal);
    try {
      await checkVersion(files);
      const index = readIndex(await readNamed(files, 'index.json'));
      return { path, index, signal, ...createBlobReader(path, files), close: () => files.close() };
    } catch (error) {
      await files.close();
      throw error;
    }
  } catch (error) {
    throw located(error, { layout: path });
  }
}

async function openFiles(given: string, signal: AbortSignal | undefined): Promise<LayoutFiles> {
  // A link to a layout is a person's own; those within one are not followed.
  const path = realPathOf(given);
  const stats = statSync(path);
  if (stats.isDirectory()) return openDirectory(path);
  if (!stats.isFile()) {
    throw new LayoutError('layout-kind', 'neither a directory nor a file: expected an OCI image layout');
  }
  const compression = sniffCompression(await readStart(path));
  return compression === 'none' ? openPlainTar(path) : openCompressedTar(path, compression, { signal });
}

function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'does not exist' : message;
    throw new LayoutError('layout-not-found', `${why}: expected an OCI image layout, a directory or a tar`);
  }
}

async function readStart(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function checkVersion(files: LayoutFiles): Promise<void> {
  const marker = parseStrictJson(await readNamed(files, 'oci-layout'));
  const version =
    typeof marker === 'object' && marker !== null && 'imageLayoutVersion' in marker
      ? marker.imageLayoutVersion
      : undefined;
  if (typeof version !== 'string' || !version.startsWith('1.')) {
    throw new LayoutError(
      'layout-version',
      `oci-layout says imageLayoutVersion ${JSON.stringify(version)}: expected "1.0.0"`,
    );
  }
}

async function readNamed(files: LayoutFiles, name: string): Promise<Buffer> {
  const file = files.find(name);
  if (file === undefined) {
    throw new LayoutError('layout-marker', `has no ${name}: expected one, as every OCI image layout has`);
  }
  if (file.size > MAX_DOCUMENT_BYTES) throw tooLarge(name, file.size);
  return collect(file.read());
}

function createBlobReader(path: string, files: LayoutFiles): Pick<Layout, 'readDocument' | 'openBlob'> {
  function find(descriptor: Descriptor): LayoutFile {
    const { algorithm, hex } = parseDigest(descriptor.digest);
    const file = files.find(`blobs/${algorithm}/${hex}`);
    if (file === undefined) {
      throw new LayoutError(
        'blob-missing',
        `there is no blobs/${algorithm}/${hex}: expected the blob of this descriptor`,
      );
    }
    if (file.size !== descriptor.size) throw sizeMismatch(file.size, descriptor);
    return file;
  }

  async function* read(file: LayoutFile, descriptor: Descriptor): AsyncGenerator<Buffer> {
    try {
      yield* verified(file.read(), descriptor);
    } catch (error) {
      throw located(error, { layout: path, descriptor });
    }
  }

  function openNow(descriptor: Descriptor): Readable {
    try {
      return Readable.from(read(find(descriptor), descriptor), { objectMode: false });
    } catch (error) {
      throw located(error, { layout: path, descriptor });
    }
  }

  return {
    async readDocument(descriptor) {
      try {
        if (descriptor.size > MAX_DOCUMENT_BYTES) throw tooLarge('the document', descriptor.size);
        return await collect(verified(find(descriptor).read(), descriptor));
      } catch (error) {
        throw located(error, { layout: path, descriptor });
      }
    },
    // What is wrong is a rejection, as with everything that reads.
    openBlob: (descriptor) =>
      new Promise((resolve) => {
        resolve(openNow(descriptor));
      }),
  };
}

async function collect(chunks: Chunks): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

function tooLarge(what: string, size: number): LayoutError {
  return new LayoutError(
    'document-too-large',
    `${what} has ${size} bytes: expected at most ${MAX_DOCUMENT_BYTES}`,
  );
}
