import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { failuresOf } from '../../scripts/test/failures.ts';

/** As uvu writes it: a message of several lines comes twice, since it is in the stack too. */
const OUTPUT = `\u001B[31m✘ \u001B[39m• (1 / 3)

  \u001B[1m\u001B[41m FAIL \u001B[49m "one"
    line 1
    error: no disk
  (is)

        ++0    (Expected)
        --1    (Actual)
    error: no disk
    at assert (file:///clone/node_modules/uvu/assert/index.mjs:33:8)
    at verifyAll (/clone/tests/one.test.ts:2:35)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)


tests/cli/next.test.ts
• • ✘   (2 / 3)

   FAIL  "two"
    ${'x'.repeat(500)}

  Total:     3
  Passed:    1
  at the end
`;

test('What failed is told with the end of what it said, once', () => {
  assert.equal(failuresOf(OUTPUT), [
    [
      'FAIL  "one"',
      'line 1',
      'error: no disk',
      '(is)',
      '++0    (Expected)',
      '--1    (Actual)',
      'at verifyAll (/clone/tests/one.test.ts:2:35)',
    ].join('\n  '),
    `FAIL  "two"\n  ${'x'.repeat(200)}…`,
  ]);
});

test('A long message is told by its end', () => {
  const lines = Array.from({ length: 99 }, (_, index) => `line ${index}`);
  const [failure = ''] = failuresOf(`   FAIL  "t"\n${lines.join('\n')}\n  Total:     1\n`);
  assert.is(failure.split('\n').length, 13);
  assert.ok(failure.endsWith('line 98'));
});

test('Where nothing failed there is nothing to tell', () => {
  assert.equal(failuresOf('• (1 / 1)\n\n  Total:     1\n  Passed:    1\n'), []);
});

test.run();
