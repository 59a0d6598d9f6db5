import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startLiveBlock } from '../../lib/cli/liveBlock.ts';
import { openTerminal } from './terminal.ts';

test('lines are written again in their own place, and are gone in the end', () => {
  const { stream, lines, isCursorShown, write } = openTerminal(40, 10);
  write('$ make verify\n');
  const block = startLiveBlock(stream);
  block.draw('a 1\nb 1');
  assert.equal(lines(), ['$ make verify', 'a 1', 'b 1']);
  block.draw('a 1\nb 2');
  block.draw('a 2\nb 2\nc 1');
  assert.equal(lines(), ['$ make verify', 'a 2', 'b 2', 'c 1']);
  block.clear();
  write('verified\n');
  assert.equal(lines(), ['$ make verify', 'verified']);
  assert.ok(isCursorShown());
});

test('what is said meanwhile stands above them, in the order in which it was said', () => {
  const { stream, lines, write } = openTerminal(40, 10);
  const block = startLiveBlock(stream);
  const say = (line: string) => {
    block.above(() => {
      write(`${line}\n`);
    });
  };
  say('before the first');
  block.draw('a\nb');
  say('one');
  say('two, which is a line that is wider than the terminal is');
  block.draw('a\nc');
  assert.equal(lines(), [
    'before the first',
    'one',
    'two, which is a line that is wider than',
    'the terminal is',
    'a',
    'c',
  ]);
});

test('lines that are left stand where they are, nothing is drawn any more, and what is said follows them', () => {
  const { stream, lines, isCursorShown, write } = openTerminal(40, 10);
  const block = startLiveBlock(stream);
  block.draw('a\nb');
  write('interrupted: cleaning up\n');
  block.leave();
  block.draw('never');
  block.above(() => {
    write('more\n');
  });
  block.clear();
  assert.equal(lines(), ['a', 'b', 'interrupted: cleaning up', 'more']);
  assert.ok(isCursorShown());
});

test('a terminal that becomes narrower breaks the lines, and no part of them stays', () => {
  const { stream, lines, resize, write } = openTerminal(40, 20);
  write('above\n');
  const block = startLiveBlock(stream);
  const wide = `${'a'.repeat(38)}\n${'b'.repeat(38)}`;
  block.draw(wide);
  resize(15, 20);
  block.draw('a\nb');
  assert.equal(lines(), ['above', 'a', 'b']);
  resize(60, 20);
  block.draw('c\nd');
  assert.equal(lines(), ['above', 'c', 'd']);
});

test('a resize before anything is drawn, or when all is over, writes nothing', () => {
  const { stream, lines, resize, write } = openTerminal(40, 10);
  write('above\n');
  const block = startLiveBlock(stream);
  resize(30, 10);
  block.clear();
  resize(20, 10);
  assert.equal(lines(), ['above']);
  assert.is(stream.listenerCount('resize'), 0);
});

test.run();
