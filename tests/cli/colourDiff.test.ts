import { WriteStream } from 'node:tty';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { colourDiff } from '../../lib/cli/colourDiff.ts';

const DIFF = '--- a as generated\n+++ a\n@@ -1 +1 @@\n same\n-old\n+new\n';

/** What a terminal says of its colours, asked in this environment. */
const terminal = (env: Record<string, string>) => ({
  hasColors: () => WriteStream.prototype.getColorDepth.call({}, env) > 1,
});

test('A diff has no colours where they cannot be shown or are not wanted', () => {
  assert.is(colourDiff(DIFF, {}), DIFF);
  assert.is(colourDiff(DIFF, terminal({ TERM: 'dumb' })), DIFF);
  assert.is(colourDiff(DIFF, terminal({ TERM: 'xterm-256color', NO_COLOR: '1' })), DIFF);
});

test('On a terminal a diff is coloured line by line', () => {
  const lines = colourDiff(DIFF, terminal({ TERM: 'xterm-256color' })).split('\n');
  assert.equal(
    lines.map((line) => line.split('m', 1)[0]),
    ['1', '1', '36', '0', '31', '32'].map((code) => `\u001B[${code}`).concat(''),
  );
});

test.run();
