import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanLog } from '../../lib/flow/cleanLog.ts';

test('credentials are hidden', () => {
  const log = '#5 fetching https://me:hunter2@registry.example/v2/\nERROR: NPM_TOKEN=abc not taken';
  assert.is(
    cleanLog(log),
    '#5 fetching https://xxxxx@registry.example/v2/\nERROR: NPM_TOKEN=xxxxx not taken',
  );
});

test('what a terminal would obey is written out', () => {
  assert.is(cleanLog('\u001b]0;owned\u0007\u001b[2J\rpass'), '\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{d}pass');
  assert.is(cleanLog('\u202etxt.exe \u009b31m'), '\\u{202e}txt.exe \\u{9b}31m');
});

test('lines, tabs and letters of every script stay as they are', () => {
  const log = '#1 [internal]\n\tgrüße 你好 👍 — “done”';
  assert.is(cleanLog(log), log);
});

test.run();
