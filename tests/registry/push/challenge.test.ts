import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readChallenges } from '../../../lib/registry/push/challenge.ts';

test('a challenge has its scheme and parameters, quoted or bare', () => {
  assert.equal(
    readChallenges('Bearer realm="https://auth.example/token",service="a, \\"b\\"", scope=repository:m:pull'),
    [
      {
        scheme: 'bearer',
        parameters: {
          realm: 'https://auth.example/token',
          service: 'a, "b"',
          scope: 'repository:m:pull',
        },
      },
    ],
  );
});

test('several challenges in one header are told apart', () => {
  assert.equal(
    readChallenges('Negotiate, Basic realm="r", Bearer realm="x"').map(({ scheme }) => scheme),
    ['negotiate', 'basic', 'bearer'],
  );
});

test('what is no challenge is none', () => {
  assert.equal(readChallenges(''), []);
  assert.equal(readChallenges('="'), []);
});

test.run();
