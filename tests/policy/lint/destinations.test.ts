import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints, convert, HUB, lintText } from './lintText.ts';

const found = (written: unknown) =>
  complaints([written], 'missing-capture', 'literal-capture', 'bad-destination');

for (const [what, written, expected] of [
  [
    'a group that is not there',
    convert(`${HUB}golang:*`, `${HUB}golang:\${2}`),
    'missing-capture@1: the update refers to "2", and the pattern has 1 capture; BuildKit puts nothing there',
  ],
  [
    'a number with letters behind it',
    convert(`${HUB}golang:*`, `${HUB}golang:$1x`),
    'missing-capture@1: the update refers to "1x", and the pattern has 1 capture; BuildKit puts nothing there',
  ],
  [
    'a group of a pattern without any',
    convert(`${HUB}golang:1`, `${HUB}golang:$1`),
    'missing-capture@1: the update refers to "1", and the pattern captures nothing; BuildKit puts nothing there',
  ],
  [
    'a name that is not there',
    convert('^https://(?P<host>.*)$', 'https://${hots}', 'REGEX'),
    'missing-capture@1: the update refers to "hots", and the pattern has 1 capture (host); BuildKit puts nothing there',
  ],
  [
    'a group in an EXACT rule',
    convert(`${HUB}golang:1`, `${HUB}golang:$1`, 'EXACT'),
    `literal-capture@1: an EXACT selector captures nothing: BuildKit will fetch "${HUB}golang:$1" to the letter`,
  ],
  [
    'no scheme',
    convert(`${HUB}golang:1`, 'golang:2'),
    'bad-destination@1: this has no scheme, and BuildKit fails on it',
  ],
  [
    'a scheme that there is not',
    convert(`${HUB}golang:1`, 'docker://golang:2'),
    'bad-destination@1: BuildKit has no sources with the scheme "docker"',
  ],
  [
    'a short name',
    convert(`${HUB}golang:1`, 'docker-image://alpine:3'),
    `bad-destination@1: BuildKit does not normalize what a policy writes, so to it this is not ${HUB}alpine:3`,
  ],
  [
    'an image without a tag',
    convert(`${HUB}golang:1`, 'docker-image://m.example/alpine'),
    'bad-destination@1: BuildKit does not normalize what a policy writes, so to it this is not docker-image://m.example/alpine:latest',
  ],
  [
    'what is no image',
    convert(`${HUB}golang:1`, 'docker-image://m.example/UP:1'),
    'bad-destination@1: this is no image reference',
  ],
  [
    'a star',
    convert(`${HUB}golang:*`, `${HUB}alpine:*`),
    'bad-destination@1: a * in an update is a star and nothing else; ${1} is what the first * took',
  ],
  [
    'a capture that makes no image',
    convert(`${HUB}golang:*`, 'docker-image://m.example/${1}'),
    `bad-destination@1: "${HUB}golang:1" would become "docker-image://m.example/1": BuildKit does not normalize what a policy writes, so to it this is not docker-image://m.example/1:latest`,
  ],
] as const) {
  test(`complains of ${what}`, () => {
    assert.equal(found(written), [expected]);
  });
}

for (const written of [
  convert(`${HUB}*`, 'docker-image://m.example/${1}'),
  convert('https://a.b/*', 'https://a.b/$$1/$1'),
  convert('^https://(?P<host>[^/]+)/(.*)$', 'https://m.example/$host/$2', 'REGEX'),
  convert('^(a|b', '$9', 'REGEX'),
  convert('local://context', 'local://other'),
  convert(`${HUB}golang:1`, `docker-image://127.0.0.1:5000/a:1@sha256:${'0'.repeat(64)}`),
]) {
  test(`finds nothing wrong with ${JSON.stringify(written)}`, () => {
    assert.equal(found(written), []);
  });
}

test('what is certain is mended', () => {
  const text = JSON.stringify({ rules: [convert(`${HUB}golang:1`, 'alpine:3')] });
  const [finding] = lintText(text).filter(({ rule }) => rule === 'bad-destination');
  assert.is(finding?.fix?.edits[0]?.text, `"${HUB}alpine:3"`);
});

test.run();
