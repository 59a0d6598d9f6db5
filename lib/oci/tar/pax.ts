import { LayoutError } from '../layoutError.ts';

/** Records by keyword; of a keyword that comes twice, the last (POSIX pax, "Extended Header"). */
export type PaxRecords = ReadonlyMap<string, string>;

/**
 * Reads the records of an extended header, each `length keyword=value\n` with the length in bytes of all of it, as
 * Go's archive/tar does (`strconv.go` `parsePAXRecord`); stricter where readers differ: no signs or leading zeros in a
 * length, no NUL in a name, and numbers that are plain decimals.
 *
 * @throws {LayoutError} `tar-pax-record`; `tar-sparse` for a sparse file, whose content readers build differently;
 * `layer-overlay-xattr` for an attribute that overlayfs would take as its own, hiding or renaming files.
 */
export function parsePaxRecords(bytes: Buffer): PaxRecords {
  const records = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 ? '' : bytes.toString('latin1', at, Math.min(space, at + 12));
    const end = at + Number(length);
    if (!/^[1-9][0-9]*$/.test(length) || end > bytes.length || end <= space || bytes[end - 1] !== 0x0a) {
      throw malformed(bytes, at, 'a length in decimal that ends at a newline');
    }
    const equals = bytes.indexOf(0x3d, space);
    if (equals <= space + 1 || equals >= end) throw malformed(bytes, at, 'keyword=value');
    const keyword = bytes.toString('utf8', space + 1, equals);
    const value = bytes.toString('utf8', equals + 1, end - 1);
    checkRecord(keyword, value, () => malformed(bytes, at, `a value that fits "${keyword}"`));
    records.set(keyword, value);
    at = end;
  }
  return records;
}

function checkRecord(keyword: string, value: string, malformedValue: () => LayoutError): void {
  if (keyword.includes('\0')) throw malformedValue();
  if (keyword.startsWith('GNU.sparse.')) {
    throw new LayoutError('tar-sparse', `a sparse file (${keyword}): expected plain content`);
  }
  if (/^SCHILY\.xattr\.(trusted|user)\.overlay\./.test(keyword)) {
    throw new LayoutError('layer-overlay-xattr', `${keyword}: expected whiteouts as files only`);
  }
  const form = PAX_FORMS[keyword];
  if (value !== '' && form !== undefined && !form.test(value)) throw malformedValue();
}

const NAME = /^[^\0]*$/;
const TIME = /^-?[0-9]{1,15}(\.[0-9]*)?$/;
const PAX_FORMS: Readonly<Record<string, RegExp>> = {
  path: NAME,
  linkpath: NAME,
  uname: NAME,
  gname: NAME,
  size: /^[0-9]{1,15}$/,
  uid: /^[0-9]{1,15}$/,
  gid: /^[0-9]{1,15}$/,
  atime: TIME,
  ctime: TIME,
  mtime: TIME,
};

function malformed(bytes: Buffer, at: number, expected: string): LayoutError {
  const shown = JSON.stringify(bytes.toString('latin1', at, Math.min(bytes.length, at + 60)));
  return new LayoutError('tar-pax-record', `a pax record reads ${shown}: expected ${expected}`);
}
