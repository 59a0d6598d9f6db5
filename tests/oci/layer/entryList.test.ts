import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEntryList, type EntryFacts } from '../../../lib/oci/layer/entryList.ts';

const FILE: EntryFacts = { type: 'file', linkname: '', mode: 0o644, uid: 0, gid: 0, size: 3, offset: 512 };

test('gives back every entry of many', () => {
  const list = createEntryList();
  const entries = Array.from({ length: 1000 }, (_, i): EntryFacts => {
    const type = (['file', 'link', 'symlink', 'directory', 'fifo'] as const)[i % 5] ?? 'file';
    const isLink = type.endsWith('link');
    return {
      ...FILE,
      type,
      linkname: isLink ? `é/${i}` : '',
      uid: i,
      size: 2 ** 40 + i,
      offset: i * 2 ** 33,
    };
  });
  for (const entry of entries) list.push(entry);
  assert.is(list.count(), 1000);
  assert.equal(
    entries.map((_, i) => list.at(i)),
    entries,
  );
  assert.equal(
    entries.map((_, i) => list.typeOf(i)),
    entries.map(({ type }) => type),
  );
});

test('keeps permission bits alone of a mode, and no target of what is no link', () => {
  const list = createEntryList();
  list.push({ ...FILE, mode: 0o104755, linkname: 'left over' });
  assert.equal(list.at(0), { ...FILE, mode: 0o4755 });
});

test.run();
