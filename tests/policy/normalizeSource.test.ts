import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { normalizeSource } from '../../lib/policy/normalizeSource.ts';

const digest = `sha256:${'ab'.repeat(32)}`;

for (const [text, identifier, url] of [
  ['debian', 'docker-image://docker.io/library/debian:latest'],
  ['debian:bookworm', 'docker-image://docker.io/library/debian:bookworm'],
  ['docker-image://debian:bookworm', 'docker-image://docker.io/library/debian:bookworm'],
  [`debian@${digest}`, `docker-image://docker.io/library/debian@${digest}`],
  [`localhost:5000/a:1@${digest}`, `docker-image://localhost:5000/a:1@${digest}`],
  ['https://example.com/a.tar.gz?x#y', 'https://example.com/a.tar.gz?x#y'],
  ['local://context', 'local://context'],
  ['oci-layout://worker', `oci-layout://docker.io/library/worker@sha256:${'0'.repeat(64)}`],
  ['oci-layout://debian:12', `oci-layout://docker.io/library/debian:12@sha256:${'0'.repeat(64)}`],
  [`oci-layout://a@sha256:${'1'.repeat(64)}`, `oci-layout://docker.io/library/a@sha256:${'1'.repeat(64)}`],
  ['git://example.com/a.git#v1:docs', 'git://example.com/a.git#v1:docs'],
  ['https://user@example.com/a.git?ref=x#v1', 'git://example.com/a.git#v1', 'https://user@example.com/a.git'],
  ['https://example.com/?x=a.git', 'https://example.com/?x=a.git'],
  ['git@example.com:team/a.git#v1', 'git://example.com/team/a.git#v1', 'git@example.com:team/a.git'],
  ['ssh://git@example.com:22/a.git', 'git://example.com:22/a.git', 'ssh://git@example.com:22/a.git'],
] as const) {
  test(`a build asks for ${text} as ${identifier}`, () => {
    const source = normalizeSource(text);
    assert.is(source.identifier, identifier);
    assert.is(source.attrs.get('git.fullurl'), url);
  });
}

for (const [text, complaint] of [
  ['docker://debian', 'BuildKit has no source with the scheme "docker" (did you mean "docker-image"?)'],
  [
    'oci-layout://./out/x',
    '"./out/x" is not the name of a context: policies see a layout by the name that the build has for it, not by its folder',
  ],
  ['htps://x', 'BuildKit has no source with the scheme "htps" (did you mean "https"?)'],
  ['Debian', '"Debian" is not an image reference: the repository "library/Debian" must be lower case'],
  ['', '"" is not an image reference: it is empty'],
] as const) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => normalizeSource(text),
      (error: unknown) => error instanceof Fault && error.complaints[0]?.message === complaint,
    );
  });
}

test.run();
