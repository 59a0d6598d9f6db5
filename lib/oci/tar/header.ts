import { LayoutError } from '../layoutError.ts';

export const BLOCK_BYTES = 512;

/** What one 512-byte header says by itself, before any extension header is applied to it. */
export interface TarHeader {
  name: string;
  linkname: string;
  typeflag: string;
  /** Bytes of what follows the header, not rounded up. */
  size: number;
  mode: number;
  uid: number;
  gid: number;
  deviceMajor: number;
  deviceMinor: number;
}

/**
 * Reads a header block as Go's archive/tar does (`reader.go` `readHeader`, `format.go` `getFormat`), and refuses every
 * form that it and tar-stream read differently, or that only one of them reads: v7 and STAR headers, signed checksums,
 * numbers with anything but octal digits, spaces and NULs, base-256 numbers beyond 2^53.
 *
 * @throws {LayoutError} `tar-checksum`, `tar-format` or `tar-number`.
 */
export function parseTarHeader(block: Buffer): TarHeader {
  checkSum(block);
  const isGnu = checkFormat(block);
  const name = text(block, 0, 100);
  const prefix = isGnu ? '' : text(block, 345, 155);
  // Go falls back to an old, mistaken format when these do not parse.
  if (isGnu) for (const at of [345, 357]) if (block[at] !== 0) number(block, at, 12, 'time');
  number(block, 136, 12, 'mtime');
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: text(block, 157, 100),
    typeflag: String.fromCharCode(block[156] ?? 0),
    size: number(block, 124, 12, 'size'),
    mode: number(block, 100, 8, 'mode'),
    uid: number(block, 108, 8, 'uid'),
    gid: number(block, 116, 8, 'gid'),
    deviceMajor: number(block, 329, 8, 'devmajor'),
    deviceMinor: number(block, 337, 8, 'devminor'),
  };
}

/** The sum of all bytes, its own field taken as spaces. */
function checkSum(block: Buffer): void {
  let sum = 0;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += block[i] as number;
  for (let i = 148; i < 156; i++) sum += 0x20 - (block[i] as number);
  if (octal(block, 148, 8) === sum) return;
  const shown = JSON.stringify(block.toString('latin1', 148, 156));
  throw new LayoutError(
    'tar-checksum',
    `a header's checksum is ${shown}: expected ${sum.toString(8)}, if it is a tar`,
  );
}

/** Whether the header is GNU's; otherwise it is ustar, which POSIX pax shares. */
function checkFormat(block: Buffer): boolean {
  const magic = block.toString('latin1', 257, 265);
  const isStar = block.toString('latin1', 508, 512) === 'tar\0';
  if (magic.startsWith('ustar\0') && !isStar) return false;
  if (magic === 'ustar  \0') return true;
  throw new LayoutError(
    'tar-format',
    `a header's magic is ${JSON.stringify(magic)}: expected ustar, pax or GNU`,
  );
}

/** Up to the first NUL, or the whole field. */
function text(block: Buffer, at: number, length: number): string {
  const nul = block.indexOf(0, at);
  return block.toString('utf8', at, nul === -1 ? at + length : Math.min(nul, at + length));
}

/** Octal digits between spaces and NULs, or GNU's base-256. */
function number(block: Buffer, at: number, length: number, field: string): number {
  const first = block[at] ?? 0;
  const value = first >= 0x80 ? base256(block, at, length) : octal(block, at, length);
  if (value !== undefined && Number.isSafeInteger(value)) return value;
  const shown = JSON.stringify(block.toString('latin1', at, at + length));
  throw new LayoutError('tar-number', `a header's ${field} is ${shown}: expected an octal number up to 2^53`);
}

/** Spaces, digits, and spaces or NULs up to the end; undefined for anything else. Headers are many, so no text is made. */
function octal(block: Buffer, start: number, length: number): number | undefined {
  const end = start + length;
  let at = start;
  let value = 0;
  while (at < end && block[at] === 0x20) at++;
  for (; at < end; at++) {
    const digit = (block[at] as number) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  while (at < end && (block[at] === 0x20 || block[at] === 0)) at++;
  return at === end ? value : undefined;
}

function base256(block: Buffer, at: number, length: number): number | undefined {
  const sign = block[at];
  if (sign !== 0x80 && sign !== 0xff) return undefined;
  let value = 0;
  for (let i = at + 1; i < at + length; i++) {
    const byte = block[i] ?? 0;
    value = value * 256 + (sign === 0x80 ? byte : 0xff - byte);
  }
  return sign === 0x80 ? value : -1 - value;
}
