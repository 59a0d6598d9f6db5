import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, HUB, rule } from './lintText.ts';

for (const [identifier, expected] of [
  [`${HUB}debian:bookworm*`, 'the * also takes :bookworm-slim and :bookworm-backports'],
  [`${HUB}almalinux:8*`, 'the * also takes :8-minimal and :8-init'],
  [`${HUB}alpine:3.2*`, 'the * also takes :3.20 and :3.21'],
  ['docker-image://quay.io/a/b:1*', 'the * also takes any tag that goes on, such as :1-slim and :1-alpine'],
] as const) {
  test(`${identifier} takes in more than it says`, () => {
    assert.equal(complaints([rule('DENY', identifier)], 'wide-wildcard'), [`wide-wildcard@1: ${expected}`]);
  });
}

for (const [identifier, match_type] of [
  [`${HUB}debian:*`],
  [`${HUB}debian:bookworm@*`],
  [`${HUB}debian:bookworm-*`],
  [`${HUB}alpine:3.*`],
  [`${HUB}*`],
  ['https://example.com/a:b*'],
  [`${HUB}debian:bookworm*`, 'EXACT'],
] as const) {
  test(`${match_type ?? 'WILDCARD'} ${identifier} says what it takes`, () => {
    assert.equal(complaints([rule('DENY', identifier, match_type)], 'wide-wildcard'), []);
  });
}

test.run();
