import { createColumn } from './column.ts';

/** UTF-8 bytes of one UTF-16 code unit, at most. */
const MOST_BYTES = 3;

/** Texts one behind the other as UTF-8, outside of the heap, by their numbers from 0: an empty one costs four bytes. */
export interface TextList {
  /** All of its bytes, and more behind them. */
  bytes(): Buffer;
  /** Bytes of all texts together. */
  size(): number;
  startOf(index: number): number;
  endOf(index: number): number;
  at(index: number): string;
  push(text: string): void;
  /** Writes a text behind the last without making it one of them. Returns where it ends. */
  tryOut(text: string): number;
  /** Makes a part of what was tried out the next text. */
  keep(start: number, end: number): void;
}

export function createTextList(): TextList {
  let bytes: Buffer = Buffer.alloc(64);
  const ends = createColumn(Int32Array);
  let count = 0;
  let size = 0;

  const startOf = (index: number) => (index === 0 ? 0 : ends.get(index - 1));

  function tryOut(text: string): number {
    const needed = size + MOST_BYTES * text.length;
    if (needed > bytes.length) {
      const larger = Buffer.alloc(2 * needed);
      bytes.copy(larger, 0, 0, size);
      bytes = larger;
    }
    return size + bytes.write(text, size);
  }

  function keep(start: number, end: number): void {
    bytes.copyWithin(size, start, end);
    size += end - start;
    ends.set(count, size);
    count += 1;
  }

  return {
    bytes: () => bytes,
    size: () => size,
    startOf,
    endOf: (index) => ends.get(index),
    at: (index) => bytes.toString('utf8', startOf(index), ends.get(index)),
    push(text) {
      keep(size, tryOut(text));
    },
    tryOut,
    keep,
  };
}
