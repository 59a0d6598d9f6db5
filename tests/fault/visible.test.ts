import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatComplaint } from '../../lib/fault/fault.ts';
import { visible } from '../../lib/fault/visible.ts';

test('What a terminal would obey is written out, lines and tabs stay', () => {
  assert.is(
    visible('a\u001b[31mb\r\u0007\u009b\n\tc\u202e'),
    'a\\u{1b}[31mb\\u{d}\\u{7}\\u{9b}\n\tc\\u{202e}',
  );
});

test('A complaint never carries such a thing to a terminal', () => {
  const place = { file: 'p\u001b.json', line: 1 };
  assert.is(
    formatComplaint({ message: 'key "\u001b]0;x\u0007"', place, next: '\u001b' }).includes('\u001b'),
    false,
  );
});

test.run();
