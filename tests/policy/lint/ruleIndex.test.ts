import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lintedPolicy } from '../../../lib/policy/lint/lintedPolicy.ts';
import { parsePolicy } from '../../../lib/policy/parsePolicy.ts';
import { matchSelector } from '../../../lib/policy/matchSelector.ts';
import { randomFrom } from '../../oracle/random.ts';
import { randomPool } from '../../oracle/sourcepolicy/randomPatterns.ts';
import { randomPolicyText } from '../../oracle/sourcepolicy/randomPolicyText.ts';

test('a rule that takes an identifier is among its candidates, and candidates come in order', () => {
  const random = randomFrom(76);
  let taken = 0;
  for (let count = 0; count < 1000; count++) {
    const pool = randomPool(random);
    const file = parsePolicy('p.json', new TextEncoder().encode(randomPolicyText(random, pool)));
    const { rules, index, patterns } = lintedPolicy(file);
    for (const identifier of pool) {
      const candidates = index.candidates(identifier) ?? [];
      assert.equal(
        candidates,
        [...candidates].sort((a, b) => a.index - b.index),
      );
      for (const rule of rules) {
        const match = matchSelector(rule.selector, [], { identifier, attrs: new Map() }, patterns);
        if (!('matched' in match) || !match.matched) continue;
        taken++;
        assert.ok(candidates.includes(rule), `${rule.selector.identifier} takes ${identifier}`);
      }
    }
  }
  assert.ok(taken > 500);
});

test('says so once it was asked for too much', () => {
  const rules = Array.from({ length: 2000 }, (_, number) => ({ selector: { identifier: `*${number}*` } }));
  const { index } = lintedPolicy(parsePolicy('p.json', new TextEncoder().encode(JSON.stringify({ rules }))));
  for (let count = 0; count < 400; count++) index.candidates('docker-image://x');
  assert.not(index.isExhausted());
  for (let count = 0; count < 200; count++) index.candidates('docker-image://x');
  assert.ok(index.isExhausted());
  assert.is(index.candidates('docker-image://x'), undefined);
});

test.run();
