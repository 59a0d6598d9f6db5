import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuTimeOf } from '../cpuTime.ts';
import { HUB, lintText } from './lintText.ts';

test('10000 rules are linted within a second', () => {
  const rules = Array.from({ length: 10_000 }, (_, index) => ({
    action: 'CONVERT',
    selector: { identifier: `${HUB}app-${index}:*` },
    updates: { identifier: `docker-image://mirror.example/app-${index}:\${1}` },
  }));
  const text = JSON.stringify({ rules }, null, 2);
  const spent = cpuTimeOf(() => {
    assert.equal(lintText(text), []);
  });
  // Processor time counts the collector's and the compiler's threads in.
  assert.ok(spent < 2000, `${spent} ms`);
});

for (const [what, one] of [
  [
    'expressions all alike',
    (index: number) => ({ identifier: `library/app-${index}:(.*)`, match_type: 'REGEX' }),
  ],
  ['stars all alike', (index: number) => ({ identifier: `${HUB}*app-${index}x:*` })],
  ['one rule again and again', () => ({ identifier: `${HUB}app:*` })],
] as const) {
  test(`2000 rules with ${what} are answered, and the answer says where it was cut short`, () => {
    const rules = Array.from({ length: 2000 }, (_, index) => ({ action: 'DENY', selector: one(index) }));
    const spent = cpuTimeOf(() => {
      assert.ok(lintText(JSON.stringify({ rules })).some(({ rule }) => rule === 'cut-short'));
    });
    assert.ok(spent < 5000, `${spent} ms`);
  });
}

for (const [what, selector] of [
  ['half a million stars', { identifier: 'a*'.repeat(500_000) }],
  ['a hundred thousand groups', { identifier: '(a|b)*'.repeat(100_000), match_type: 'REGEX' }],
  ['nothing but brackets', { identifier: '['.repeat(500_000), match_type: 'REGEX' }],
  [
    'a name twice and then brackets',
    { identifier: `(?P<a>)(?P<a>)${'['.repeat(500_000)}`, match_type: 'REGEX' },
  ],
  ['nothing but backslashes', { identifier: '\\'.repeat(500_001), match_type: 'REGEX' }],
  [
    '20000 constraints',
    {
      identifier: '*',
      constraints: Array.from({ length: 20_000 }, (_, at) => ({ key: 'a', value: `${at}` })),
    },
  ],
] as const) {
  test(`a rule with ${what} is answered`, () => {
    const rules = [{ action: 'CONVERT', selector, updates: { identifier: '$1'.repeat(1000) } }];
    const spent = cpuTimeOf(() => {
      assert.ok(lintText(JSON.stringify({ rules })).length > 0);
    });
    assert.ok(spent < 5000, `${spent} ms`);
  });
}

test.run();
