import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { quoteGo } from '../../lib/policy/quoteGo.ts';

// Expected texts were printed by Go's fmt.Printf("%q").
for (const [text, quoted] of [
  ['plain text', '"plain text"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\t\n\r\x07\x00\x7f', '"\\t\\n\\r\\a\\x00\\x7f"'],
  ['é😀', '"é😀"'],
  ['\u00a0\u200b\u{e0001}', '"\\u00a0\\u200b\\U000e0001"'],
] as const) {
  test(`writes ${quoted} as Go does`, () => {
    assert.is(quoteGo(text), quoted);
  });
}

test.run();
