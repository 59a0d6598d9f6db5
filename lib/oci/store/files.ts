/** Bytes, in the order of a file: those of a small one are at hand at once. */
export type Chunks = AsyncIterable<Buffer> | Iterable<Buffer>;

/** A file of a layout, wherever the layout is kept. */
export interface LayoutFile {
  /** Its size in bytes. */
  size: number;
  /** Its bytes, in chunks; to be read once. What is opened is closed when the reading ends, however it ends. */
  read(): Chunks;
}

/** The files of a layout: a directory or a tar. */
export interface LayoutFiles {
  /**
   * Finds a file by its name within the layout, such as `index.json` or `blobs/sha256/…`.
   *
   * @returns undefined when there is none.
   * @throws {LayoutError} `blob-not-a-file` for anything but a regular file: a link, a fifo, a directory, a device.
   */
  find(name: string): LayoutFile | undefined;
  close(): Promise<void>;
}
