import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { indexLayer } from '../../../lib/oci/layer/indexLayer.ts';
import type { LayerIndex } from '../../../lib/oci/layer/layerIndex.ts';
import { LayoutError } from '../../../lib/oci/layoutError.ts';
import { createTarFeed } from '../../../lib/oci/tar/feed.ts';
import { tar, type TarFile } from '../../fixtures/layouts/tarBytes.ts';

const LIMITS = { entries: 100, nameBytes: 1000 };

/** The index of a layer with these files. */
function indexOf(...files: TarFile[]): LayerIndex {
  const index = indexLayer(LIMITS, { entries: 0, nameBytes: 0 });
  const feed = createTarFeed((entry) => {
    index.add(entry);
    return undefined;
  });
  feed.feed(tar(...files));
  feed.end();
  return index.finish().index;
}

const file = (name: string): TarFile => ({ name });
const dir = (name: string): TarFile => ({ name, type: '5' });

/** Those of the paths for which something holds. */
function those(paths: string[], holds: (path: string) => boolean): string[] {
  return paths.filter(holds);
}

test('keeps entries by their cleaned paths, and not the root', () => {
  const index = indexOf(dir('./'), file('./a'), file('/b'), dir('c//d/'));
  const paths = ['', 'a', './a', 'b', '/b', 'c', 'c/d', 'e'];
  assert.equal(
    those(paths, (path) => index.entryAt(path) !== undefined),
    ['a', 'b', 'c/d'],
  );
});

test('keeps all of an entry that a lookup needs, ids that need 32 bits too', () => {
  const raw = { 108: Buffer.from([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe]), 116: '0000144\0' };
  const index = indexOf(file('first'), { name: 'a/b', mode: 0o104755, content: 'text', raw });
  assert.equal(index.entryAt('a/b'), {
    path: 'a/b',
    type: 'file',
    linkname: '',
    mode: 0o4755,
    uid: 2 ** 32 - 2,
    gid: 100,
    size: 4,
    offset: 1024,
  });
});

test('notes directories that only files below imply', () => {
  const index = indexOf(file('a/b/c'), dir('d/'), file('d/e'));
  assert.equal(
    those(['', 'a', 'a/b', 'a/b/c', 'd', 'd/e', 'f'], (path) => index.isImplied(path)),
    ['a', 'a/b'],
  );
});

test('still takes a directory for implied that gets its entry too late', () => {
  assert.ok(indexOf(file('a/b'), dir('a')).isImplied('a'));
});

test('hides what whiteouts name, what is below that, and what is below a file', () => {
  const index = indexOf(dir('a'), file('a/.wh.b'), file('.wh.c'), file('d'));
  assert.equal(
    those(['a', 'a/b', 'a/b/x/y', 'a/x', 'c', 'c/x', 'd', 'd/x', 'e'], (path) => index.hides(path)),
    ['a/b', 'a/b/x/y', 'c', 'c/x', 'd/x'],
  );
  assert.is(index.entryAt('a/.wh.b'), undefined);
});

test('hides what is below an opaque directory, and not the directory', () => {
  const index = indexOf(dir('a'), file('a/.wh..wh..opq'));
  assert.equal(
    those(['a', 'a/x', 'a/x/y', 'b'], (path) => index.hides(path)),
    ['a/x', 'a/x/y'],
  );
  assert.ok(indexOf(file('.wh..wh..opq')).hides('a'));
});

test('knows what a hard link was made of', () => {
  const first = { name: 'a', content: 'first' };
  const index = indexOf(first, { name: 'l', type: '1', linkname: 'a' }, { name: 'a', content: 'later on' });
  assert.is(index.entryAt('l')?.linked?.().size, 5);
  assert.is(index.entryAt('a')?.size, 8);
});

test('leaves a hard link to a layer below without what it was made of', () => {
  assert.is(indexOf({ name: 'l', type: '1', linkname: 'a' }, file('a')).entryAt('l')?.linked, undefined);
});

test('names the implied directories above what could be a path by another way', () => {
  const index = indexOf(
    file('a/b/x'),
    file('c/x'),
    dir('d'),
    file('d/.wh.x'),
    file('e/.wh..wh..opq'),
    file('f/y'),
  );
  assert.equal([...index.impliedAbove(new Set(['x']), new Set(['c/x']))], ['a/b', 'a', 'e']);
});

test('counts implied directories, and names once, for what memory is kept for', () => {
  const deep = (name: string) => file(`${name}${'/a'.repeat(45)}`);
  const tooMany = [deep('b'), deep('c'), deep('d')];
  const tooLong = Array.from({ length: 11 }, (_, i) => file(`${i}`.padEnd(95, 'x')));
  const shared = Array.from({ length: 50 }, (_, i) => file(`${'x'.repeat(90)}/${i}`));
  for (const files of [tooMany, tooLong]) {
    try {
      indexOf(...files);
      assert.unreachable('expected too many entries');
    } catch (error) {
      assert.is(error instanceof LayoutError && error.rule, 'tar-too-many-entries');
    }
  }
  assert.ok(indexOf(...shared).entryAt(`${'x'.repeat(90)}/49`));
});

test.run();
