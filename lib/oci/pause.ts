import { setImmediate } from 'node:timers/promises';

/** Bytes after which whatever else waits in this process has its turn: some hundredths of a second. */
const BYTES_BETWEEN = 32 * 1024 * 1024;

/** Lets others have their turn now and then, signals and timers among them: what is unpacked from memory never waits by itself. */
export interface Pause {
  /**
   * To be called with the bytes that were worked on, and awaited where it returns something.
   *
   * @throws what `signal` was aborted with.
   */
  after(bytes: number): Promise<void> | undefined;
}

export function createPause(signal: AbortSignal | undefined): Pause {
  let since = 0;
  return {
    after(bytes) {
      since += bytes;
      if (since < BYTES_BETWEEN) return undefined;
      since = 0;
      return setImmediate().then(() => signal?.throwIfAborted());
    },
  };
}
