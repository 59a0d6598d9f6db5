import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyFixes } from '../../../lib/policy/lint/applyFixes.ts';

const fix = (offset: number, length: number, text: string) => ({
  title: '',
  edits: [{ offset, length, text }],
});

test('makes corrections in any order and leaves all else as it is', () => {
  assert.equal(applyFixes('a  b\r\nc', [fix(6, 1, 'C!'), fix(0, 1, '')]), { text: '  b\r\nC!', applied: 2 });
});

test('of two corrections at one place the second waits', () => {
  assert.equal(applyFixes('abcd', [fix(0, 3, 'x'), fix(2, 1, 'y'), fix(3, 1, 'z')]), {
    text: 'xz',
    applied: 2,
  });
});

test.run();
