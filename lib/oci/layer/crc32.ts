import * as zlib from 'node:zlib';

/** Continues a CRC-32 (RFC 1952 section 8) that starts as 0. Node has one of its own, five times as fast, since 20.15. */
export const crc32: (bytes: Uint8Array, previous: number) => number =
  (zlib as Partial<typeof zlib>).crc32 ?? slicedCrc32;

let tables: Int32Array | undefined;

/** CRC-32 of eight bytes at a time ("slicing-by-8"). */
export function slicedCrc32(bytes: Uint8Array, previous: number): number {
  const T = (tables ??= makeTables());
  let crc = ~previous;
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    const low = crc ^ word(bytes, i);
    const high = word(bytes, i + 4);
    crc =
      at(T, 7, low) ^
      at(T, 6, low >>> 8) ^
      at(T, 5, low >>> 16) ^
      at(T, 4, low >>> 24) ^
      at(T, 3, high) ^
      at(T, 2, high >>> 8) ^
      at(T, 1, high >>> 16) ^
      at(T, 0, high >>> 24);
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at(T, 0, crc ^ (bytes[i] as number));
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, i: number): number {
  return (
    (bytes[i] as number) |
    ((bytes[i + 1] as number) << 8) |
    ((bytes[i + 2] as number) << 16) |
    ((bytes[i + 3] as number) << 24)
  );
}

function at(tables: Int32Array, table: number, index: number): number {
  return tables[table * 256 + (index & 0xff)] as number;
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    tables[i] = value;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256] as number;
    tables[i] = (previous >>> 8) ^ at(tables, 0, previous);
  }
  return tables;
}
