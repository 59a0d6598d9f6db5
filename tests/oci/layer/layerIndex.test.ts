import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ancestorsOf,
  baseOf,
  createLayerIndex,
  parentOf,
  type LayerIndex,
} from '../../../lib/oci/layer/layerIndex.ts';
import { createTarFeed } from '../../../lib/oci/tar/feed.ts';
import { tar, type TarFile } from '../../fixtures/layouts/tarBytes.ts';

/** The index of a layer with these files. */
function indexOf(...files: TarFile[]): LayerIndex {
  const index = createLayerIndex({ layerEntries: 100, layerNameBytes: 10_000 });
  const feed = createTarFeed((entry) => index.add(entry));
  feed.feed(tar(...files));
  feed.end();
  return index.finish();
}

const file = (name: string): TarFile => ({ name });
const dir = (name: string): TarFile => ({ name, type: '5' });

test('keeps entries by their cleaned paths, and not the root', () => {
  assert.equal(
    [...indexOf(dir('./'), file('./a'), file('/b'), dir('c//d/')).entries.keys()],
    ['a', 'b', 'c/d'],
  );
});

test('notes directories that only files below imply', () => {
  assert.equal([...indexOf(file('a/b/c'), dir('d/'), file('d/e')).implied], ['a/b', 'a']);
});

test('still takes a directory for implied that gets its entry too late', () => {
  assert.equal([...indexOf(file('a/b'), dir('a')).implied], ['a']);
});

test('tells whiteouts from opaque directories', () => {
  const index = indexOf(
    dir('a'),
    file('a/.wh.b'),
    file('a/.wh..wh..opq'),
    file('.wh.c'),
    file('.wh..wh..opq'),
  );
  assert.equal([...index.whiteouts], ['a/b', 'c']);
  assert.equal([...index.opaque], ['a', '']);
  assert.equal([...index.entries.keys()], ['a']);
});

test('knows what a hard link was made of', () => {
  const first = { name: 'a', content: 'first' };
  const index = indexOf(first, { name: 'l', type: '1', linkname: 'a' }, { name: 'a', content: 'later on' });
  assert.is(index.entries.get('l')?.linked?.size, 5);
  assert.is(index.entries.get('a')?.size, 8);
});

test('takes paths apart', () => {
  assert.equal([parentOf('a/b/c'), baseOf('a/b/c')], ['a/b', 'c']);
  assert.equal([parentOf('a'), baseOf('a')], ['', 'a']);
  assert.equal(ancestorsOf('a/b/c'), ['a/b', 'a', '']);
  assert.equal(ancestorsOf('a'), ['']);
});

test.run();
