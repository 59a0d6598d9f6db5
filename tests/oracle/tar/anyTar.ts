import fc from 'fast-check';
import { anyChange, change } from '../../fixtures/layouts/mutate.ts';
import {
  gnuLong,
  pax,
  paxRecord,
  rawPax,
  tarFile,
  TAR_END,
  writeChecksum,
  type TarFile,
} from '../../fixtures/layouts/tarBytes.ts';

/** A choice in which the first is by far the most likely. */
function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: usual, weight }, { arbitrary: odd, weight: 1 });
}

const name = mostly(
  fc.constantFrom('a', 'b/c', './d', '/e', 'f/', 'b//c'),
  fc.constantFrom(
    '',
    '.',
    '/',
    '../a',
    'é',
    'x'.repeat(100),
    `${'y'.repeat(99)}/`,
    '\u00ff\ufffd',
    'b/\u0001',
  ),
);

const number = mostly(
  fc.nat(3000).map((value) => `${value.toString(8).padStart(7, '0')}\0`),
  fc.constantFrom(
    '       \0',
    '\0\0\0\0\0\0\0\0',
    '     12\0',
    '12      ',
    '12\0    ',
    '12\0 7\0\0\0',
    '0000009\0',
    '-000001\0',
    '77777777',
    ' \0 12\0\0\0',
    '\0 12\0\0\0\0',
    '1 2    \0',
    '0x1\0\0\0\0\0',
  ),
);

const wideNumber = mostly(
  fc.nat(1500).map((value) => `${value.toString(8).padStart(11, '0')}\0`),
  fc.constantFrom<string | Buffer>(
    '            ',
    '00000000012 ',
    '000000000012',
    '12 \0        ',
    '1e1\0        ',
    Buffer.from('800000000000000000000011', 'hex'),
    Buffer.from('8000000000000000ffffffff', 'hex'),
    Buffer.from('ffffffffffffffffffffffff', 'hex'),
    Buffer.from('c00000000000000000000000', 'hex'),
    Buffer.from('bfffffffffffffffffffffff', 'hex'),
    Buffer.from('900000000000000000000000', 'hex'),
  ),
);

/** A header field by its offset, and what is put there. */
const rawField = fc.oneof(
  fc.tuple(fc.constantFrom(100, 108, 116, 329, 337), number),
  fc.tuple(fc.constantFrom(136, 136, 124), wideNumber),
  fc.tuple(fc.constant(345), fc.constantFrom('prefix', '/', '\0p', 'p/', '12345670123\0')),
  fc.tuple(fc.constant(508), fc.constant('tar\0')),
);
const rawFields = fc
  .array(rawField, { minLength: 1, maxLength: 2 })
  .map((fields) => Object.fromEntries(fields));

const content = mostly(
  fc.constantFrom('', 'text'),
  fc.nat(1200).map((length) => 'z'.repeat(length)),
  3,
);

const typeAndContent: fc.Arbitrary<[string, string]> = mostly<[string, string]>(
  fc.oneof(
    fc.tuple(fc.constantFrom('0', '0', '\0'), content),
    fc.tuple(fc.constantFrom('1', '2', '3', '4', '5', '6'), fc.constant('')),
  ),
  fc.tuple(
    fc.constantFrom('1', '2', '3', '5', '6', '7', 'S', 'x', 'g', 'L', 'K', 'N', 'Z', '\u00ff'),
    content,
  ),
  20,
);

const file: fc.Arbitrary<TarFile> = fc
  .record({
    name,
    typeAndContent,
    linkname: mostly(fc.constantFrom('a', 'b/c'), fc.constantFrom('x'.repeat(100), '../a', 'é', ''), 15),
    magic: mostly(fc.constantFrom('ustar', 'gnu'), fc.constantFrom('v7', 'odd'), 30),
    raw: mostly(fc.constant({}), rawFields, 4),
    checksum: mostly(fc.constant({}), fc.constantFrom({ checksum: 'wrong' }, { checksum: 'signed' }), 50),
  })
  .map(({ typeAndContent: [type, payload], checksum, ...rest }) => ({
    ...rest,
    ...checksum,
    type,
    content: payload,
  }));

const record = fc.tuple(
  fc.constantFrom(
    'path',
    'path',
    'linkpath',
    'size',
    'uid',
    'gid',
    'mtime',
    'atime',
    'uname',
    'comment',
    'SCHILY.xattr.user.a',
    'GNU.sparse.major',
    'GNU.sparse.name',
    'GNU.sparse.realsize',
    'a b',
    'é',
    'hdrcharset',
  ),
  fc.constantFrom(
    'a',
    'b/c',
    'long/'.repeat(30) + 'x',
    '4',
    '0',
    '12',
    '',
    '1.5',
    '-1',
    '+4',
    '04',
    '1e1',
    '0x4',
    'a\0b',
    'é',
    '9007199254740993',
    ' 4',
    '4 ',
  ),
);

const rawRecords = fc
  .array(
    mostly(
      record.map(([keyword, value]) => paxRecord(keyword, value)),
      fc.constantFrom(
        '0 a=b\n',
        '5 a=\n',
        '05 a=\n',
        '+8 a=bc\n',
        '6 a=b',
        '3 \n',
        '99 path=x\n',
        ' 9 path=x\n',
        '9 path=x\n\n',
        '8 path=x\n',
        '7 =abc\n',
        'x',
        '\0',
        '11\tpath=xx\n',
        '10 path=x\n\0\0',
      ),
      6,
    ),
    { minLength: 0, maxLength: 3 },
  )
  .map((records) => records.join(''));

const extension = fc.oneof(
  {
    arbitrary: fc
      .constantFrom('path', 'linkpath', 'comment')
      .map((keyword) => pax({ [keyword]: 'long/'.repeat(30) })),
    weight: 6,
  },
  { arbitrary: rawRecords.map((records) => rawPax(records)), weight: 4 },
  { arbitrary: record.map(([keyword, value]) => pax({ [keyword]: value })), weight: 4 },
  { arbitrary: record.map(([keyword, value]) => pax({ [keyword]: value }, 'g')), weight: 1 },
  { arbitrary: fc.constant(pax({ comment: 'x' }, 'g')), weight: 1 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom('L', 'K'), fc.constantFrom('long', 'n'.repeat(300), '', 'a\0b', 'dir/'))
      .map(([type, text]) => gnuLong(type, text)),
    weight: 3,
  },
);

const part = fc.oneof(
  { arbitrary: file.map(tarFile), weight: 16 },
  { arbitrary: fc.tuple(extension, file.map(tarFile)).map((both) => Buffer.concat(both)), weight: 6 },
  { arbitrary: fc.oneof(extension, fc.constant(Buffer.alloc(512))), weight: 1 },
);

const end = mostly(
  fc.constant(TAR_END),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.alloc(512),
    Buffer.alloc(10240),
    Buffer.alloc(1030),
    Buffer.concat([TAR_END, Buffer.from('x')]),
  ),
);

const sound = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 4 }), end)
  .map(([parts, last]) => Buffer.concat([...parts, last]));

/** Mends the checksums of what may be headers, so that a changed byte reaches a reader instead of being refused. */
function mended(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    const header = copy.subarray(at, at + 512);
    if (header.toString('latin1', 257, 262) === 'ustar') writeChecksum(header);
  }
  return copy;
}

/** Tars of all kinds: sound ones, ones with odd fields, and ones with bytes changed behind mended checksums. */
export const anyTar: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: sound, weight: 4 },
  {
    arbitrary: fc.tuple(sound, anyChange).map(([bytes, changes]) => mended(change(bytes, changes, 512))),
    weight: 2,
  },
);
