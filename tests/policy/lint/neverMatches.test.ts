import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HUB, lintText, rule } from './lintText.ts';

/** `lint rule: message [what is written instead]` for a selector. */
function found(identifier: string, match_type?: string): string[] {
  return lintText(JSON.stringify({ rules: [rule('DENY', identifier, match_type)] }))
    .filter(({ rule }) => rule === 'never-matches' || rule === 'hardly-matches')
    .map(
      ({ rule, message, fix }) =>
        `${rule}: ${message}${fix === undefined ? '' : ` [${fix.edits[0]?.text ?? ''}]`}`,
    );
}

for (const [identifier, expected, match_type] of [
  [
    'debian:12',
    `never-matches: sources start with a scheme such as docker-image://, and this does not ["${HUB}debian:12"]`,
  ],
  [
    'docker.io/library/debian:*',
    'never-matches: sources start with a scheme such as docker-image://, and this does not',
  ],
  [
    'docker://debian:12',
    'never-matches: BuildKit has no sources with the scheme "docker" ["docker-image://debian:12"]',
  ],
  [
    'docker-image://debian:12',
    `never-matches: BuildKit sees this image as ${HUB}debian:12 ["${HUB}debian:12"]`,
  ],
  [`${HUB}debian`, `never-matches: BuildKit sees this image as ${HUB}debian:latest`, 'EXACT'],
  ['docker-image://Debian:12', 'never-matches: this is no image reference, and no image is called so'],
  [
    'docker-image://library/debian:*',
    `never-matches: images of Docker Hub are seen as docker.io/… ["${HUB}debian:*"]`,
  ],
  [
    'docker-image://docker.io/debian:*',
    `never-matches: official images are seen as docker.io/library/… ["${HUB}debian:*"]`,
  ],
  [
    'docker-image://index.docker.io/library/*',
    'never-matches: images of Docker Hub are seen as docker.io/… ["docker-image://docker.io/library/*"]',
  ],
  [
    'docker-image://debian:*',
    'hardly-matches: this takes images of a registry called "debian", and none of Docker Hub',
  ],
  [
    'docker-image://golang*',
    'hardly-matches: this takes images of a registry called "golang", and none of Docker Hub',
  ],
  [
    `${HUB}debian:*`,
    'never-matches: in an EXACT selector a * is a star and nothing else, and no source has one; write WILDCARD',
    'EXACT',
  ],
  [
    `${HUB}debian:\\*`,
    'never-matches: a backslash does not keep a * from being a wildcard; it stands for itself, and no source has one',
  ],
  [
    ` ${HUB}debian:12`,
    `never-matches: there is white space in this identifier, and no source has any ["${HUB}debian:12"]`,
  ],
  ['', 'never-matches: an empty identifier matches no source; any source is "*"'],
  [
    'https://github.com/moby/buildkit.git#v1',
    'never-matches: a web address that ends in .git is fetched by git ["git://github.com/moby/buildkit.git#v1"]',
  ],
  [
    '^docker.io/library/',
    'never-matches: sources start with a scheme such as docker-image://, and this pattern is held to another start',
    'REGEX',
  ],
] as const) {
  test(`${match_type ?? 'WILDCARD'} "${identifier}" is told to match nothing`, () => {
    assert.equal(found(identifier, match_type), [expected]);
  });
}

for (const [identifier, match_type] of [
  ['*'],
  ['docker-im*'],
  ['docker-image://*'],
  ['docker-image://mcr*'],
  ['docker-image://localhost/a:*'],
  ['docker-image://registry:5000/a:*'],
  [`${HUB}debian:12`],
  [`${HUB}debian:12@*`],
  ['https://example.com/a.tar.gz'],
  ['local://my context'],
  ['^docker.image://', 'REGEX'],
  ['^.*$', 'REGEX'],
  ['^(https|git)://', 'REGEX'],
] as const) {
  test(`${match_type ?? 'WILDCARD'} "${identifier}" may well match`, () => {
    assert.equal(found(identifier, match_type), []);
  });
}

test('white space inside is for a person to look at', () => {
  assert.equal(found('https://a b'), [
    'never-matches: there is white space in this identifier, and no source has any',
  ]);
});

test('a tag that is missing may stand for every tag', () => {
  const [finding] = lintText(JSON.stringify({ rules: [rule('DENY', 'docker-image://quay.io/a/b')] }));
  assert.is(
    finding?.next,
    'write "docker-image://quay.io/a/b:latest", or "docker-image://quay.io/a/b:*" for every tag',
  );
});

test.run();
