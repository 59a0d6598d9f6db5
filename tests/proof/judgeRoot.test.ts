import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeRoot } from '../../lib/proof/judgeRoot.ts';
import type { RootPart } from '../../lib/proof/root.ts';
import type { Verdict } from '../../lib/proof/verdict.ts';

const ARM = 'linux/arm64';
const AMD = 'linux/amd64';

function part(name: string, platform: string | undefined, change: Partial<RootPart> = {}): RootPart {
  const digest = name === 'other' ? 'o' : name;
  return { name, digest, platform, path: '/', place: 'root', whole: true, ran: false, ...change };
}
const piece = (name: string, platform: string | undefined, path: string, change: Partial<RootPart> = {}) =>
  part(name, platform, { path, place: 'programs', whole: false, ...change });
const ran = { ran: true, place: 'root' } as const;

const CASES: [title: string, parts: RootPart[], verdict: Verdict | undefined, detail?: RegExp][] = [
  ['The marker image’s own root', [part('marker', ARM)], undefined],
  ['A root that commands have worked on', [part('marker', ARM, { ran: true })], undefined],
  ['What commands made over it', [part('marker', ARM), piece('base', AMD, '/bin', ran)], undefined],
  ['Over a root of the same platform', [part('other', ARM), part('marker', ARM)], undefined],
  ['Over a folder of a person’s own', [part('local://context', undefined), part('marker', ARM)], undefined],
  [
    'The marker image of another platform',
    [part('marker', AMD)],
    'wrong-platform',
    /made from marker \(linux\/amd64\)/,
  ],
  ['The base of another platform', [part('base', AMD)], 'wrong-platform', /base \(linux\/amd64\)/],
  ['Another image', [part('other', ARM)], 'marker-not-used', /made from other/],
  ['Another image of another platform', [part('other', AMD)], 'wrong-platform'],
  ['Over a root of another platform', [part('other', AMD), part('marker', ARM)], 'wrong-platform', /other/],
  [
    'The base of another platform over it',
    [part('marker', ARM), part('base', AMD)],
    'wrong-platform',
    /base/,
  ],
  [
    'Another image of another platform over it',
    [part('marker', ARM), part('other', AMD)],
    'wrong-platform',
    /other/,
  ],
  [
    'Libraries of another platform over it',
    [part('marker', ARM), piece('marker', AMD, '/usr/lib')],
    'wrong-platform',
    /^\/usr\/lib of the worker is from marker \(linux\/amd64\)/,
  ],
  [
    'All of the other platform’s base but a few files over it',
    [part('marker', ARM), piece('base', AMD, '/{!etc}', { place: 'root' })],
    'wrong-platform',
  ],
  [
    'Another platform’s root below a folder',
    [part('marker', ARM), piece('base', AMD, '/', { place: 'elsewhere' })],
    undefined,
  ],
  [
    'Certificates of another platform’s base',
    [part('marker', ARM), piece('base', AMD, '/etc/ssl', { place: 'elsewhere' })],
    undefined,
  ],
  ...['/*', '/{!etc}'].map((path): (typeof CASES)[number] => [
    `Nearly all of another image of another platform over it, ${path}`,
    [part('marker', ARM), piece('other', AMD, path, { place: 'root' })],
    'wrong-platform',
    /is from other \(linux\/amd64\)/,
  ]),
  ['A program of another image', [part('marker', ARM), piece('other', AMD, '/usr/bin/tini')], undefined],
  ['Parts of it, and no programs to tell', [piece('marker', ARM, '/usr')], 'unproven', /from parts/],
  [
    'Parts of another platform beside it',
    [piece('base', AMD, '/usr'), piece('marker', ARM, '/etc')],
    'wrong-platform',
    /^\/usr of the worker is from base/,
  ],
  [
    'Marker and seal alone',
    [piece('marker', ARM, '/platform-marker.seal')],
    'marker-not-used',
    /but marker and seal/,
  ],
  ['A pattern that may be no more', [piece('marker', ARM, '/platform-*')], 'unproven'],
  ['A root that a command made', [piece('base', AMD, '/out', ran)], 'unproven', /by commands/],
  ['Nothing that has a source', [], 'marker-not-used'],
  ['A folder of a person’s own alone', [piece('local://context', undefined, '/rootfs')], 'marker-not-used'],
  ['A root of a person’s own', [part('local://context', undefined)], 'marker-not-used'],
];

for (const [title, parts, verdict, detail] of CASES) {
  test(`${title}: ${verdict ?? 'nothing against it'}`, () => {
    const judged = judgeRoot({
      platform: ARM,
      root: { parts },
      images: { marker: 'marker', base: 'base' },
      hasPrograms: false,
    });
    assert.is(judged?.verdict, verdict);
    if (detail !== undefined) assert.match(judged?.detail ?? '', detail);
  });
}

test('Where a command made the root, programs of the base tell its platform', () => {
  const root = { parts: [piece('base', AMD, '/out', ran)] };
  const images = { marker: 'marker', base: 'base' };
  assert.is(judgeRoot({ platform: ARM, root, images, hasPrograms: true }), undefined);
});

test('A root that cannot be followed is unproven, with the reason', () => {
  const images = { marker: 'marker', base: 'base' };
  const judged = judgeRoot({
    platform: ARM,
    root: { problem: 'x has no input 3' },
    images,
    hasPrograms: true,
  });
  assert.is(judged?.verdict, 'unproven');
  assert.match(judged?.detail ?? '', /x has no input 3/);
});

test('An image without a digest is never taken for the marker image', () => {
  const without = part('marker', ARM);
  Reflect.deleteProperty(without, 'digest');
  const root = { parts: [without] };
  const images = { marker: undefined, base: undefined };
  assert.is(judgeRoot({ platform: ARM, root, images, hasPrograms: true })?.verdict, 'marker-not-used');
});

test.run();
