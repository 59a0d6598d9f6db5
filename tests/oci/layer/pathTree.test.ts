import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createPathTree, ROOT } from '../../../lib/oci/layer/pathTree.ts';

test('gives a path the same number each time, and its directories lower ones', () => {
  const tree = createPathTree();
  const node = tree.add('a/b/c');
  assert.is(tree.add('a/b/c'), node);
  assert.is(tree.count(), 4);
  const directory = tree.parentOf(node);
  assert.ok(directory < node);
  assert.is(tree.pathOf(directory), 'a/b');
  assert.is(tree.add('a/b'), directory);
  assert.is(tree.parentOf(tree.parentOf(directory)), ROOT);
});

test('leads to the nearest directory where a path is not there, and adds nothing', () => {
  const tree = createPathTree();
  const node = tree.add('a/b');
  assert.equal(tree.nearest('a/b'), { node, isIt: true });
  assert.equal(tree.nearest('a/b/c/d'), { node, isIt: false });
  assert.equal(tree.nearest('b'), { node: ROOT, isIt: false });
  assert.equal(tree.nearest(''), { node: ROOT, isIt: true });
  assert.is(tree.count(), 3);
});

test('tells names apart that share a beginning, and the same name in two directories', () => {
  const tree = createPathTree();
  const paths = ['a', 'ab', 'a/b', 'ab/b', 'b/a', 'b', 'é', 'é/b', 'a/b/a/b'];
  const nodes = paths.map((path) => tree.add(path));
  assert.is(new Set(nodes).size, paths.length);
  assert.equal(
    nodes.map((node) => tree.pathOf(node)),
    paths,
  );
  assert.equal([...tree.named(new Set(['b', 'é']))].map((node) => tree.pathOf(node)).sort(), [
    'a/b',
    'a/b/a/b',
    'ab/b',
    'b',
    'é',
    'é/b',
  ]);
});

test('does what a set of paths does, for any paths', () => {
  const part = fc.constantFrom('a', 'b', 'cc', 'é', '\u{1f600}', 'x'.repeat(40));
  const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(path), fc.array(path), (added, others) => {
      const tree = createPathTree();
      const known = new Set<string>();
      for (const one of added) {
        assert.is(tree.pathOf(tree.add(one)), one);
        for (let at = one.length; at > 0; at = one.lastIndexOf('/', at - 1)) known.add(one.slice(0, at));
      }
      assert.is(tree.count(), known.size + 1);
      for (const one of [...added, ...others]) assert.is(tree.nearest(one).isIt, known.has(one));
    }),
  );
});

test('takes a path of two thousand directories and a hundred thousand files in a blink', () => {
  const tree = createPathTree();
  const before = process.cpuUsage();
  tree.add('a/'.repeat(2000) + 'b');
  for (let i = 0; i < 100_000; i++) tree.add(`usr/lib/${i}`);
  assert.is(tree.count(), 1 + 2001 + 2 + 100_000);
  // Of the processor: what others do on the machine has no part in it.
  assert.ok(process.cpuUsage(before).user < 2e6);
});

test.run();
