import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatImageRef,
  IMAGE_REF_PATTERN,
  normalizeImageRef,
  parseImageRef,
} from '../../lib/matrix/imageRef.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;

const NORMALIZED: readonly (readonly [written: string, normalized: string])[] = [
  ['debian', 'docker.io/library/debian:latest'],
  ['debian:bookworm', 'docker.io/library/debian:bookworm'],
  ['docker.io/debian', 'docker.io/library/debian:latest'],
  ['index.docker.io/debian', 'docker.io/library/debian:latest'],
  ['docker.io/library/debian:bookworm', 'docker.io/library/debian:bookworm'],
  ['rocky/linux', 'docker.io/rocky/linux:latest'],
  ['foo:5000', 'docker.io/library/foo:5000'],
  ['localhost/debian', 'localhost/debian:latest'],
  ['localhost:5000/debian', 'localhost:5000/debian:latest'],
  ['127.0.0.1:5480/marker/debian:latest', '127.0.0.1:5480/marker/debian:latest'],
  ['[::1]:5000/a/b:c', '[::1]:5000/a/b:c'],
  ['[2001:db8::1]/a', '[2001:db8::1]/a:latest'],
  ['mcr.microsoft.com:443/azurelinux/base/core:3.0', 'mcr.microsoft.com:443/azurelinux/base/core:3.0'],
  ['HOST/a', 'HOST/a:latest'],
  ['a__b/c---d.e_f:T-1.2_', 'docker.io/a__b/c---d.e_f:T-1.2_'],
  [`debian@${DIGEST}`, `docker.io/library/debian@${DIGEST}`],
  [`debian:bookworm@${DIGEST}`, `docker.io/library/debian:bookworm@${DIGEST}`],
];

for (const [written, normalized] of NORMALIZED) {
  test(`${written} is ${normalized}`, () => {
    assert.is(normalizeImageRef(written), normalized);
    assert.is(normalizeImageRef(normalized), normalized);
    assert.match(written, new RegExp(IMAGE_REF_PATTERN));
  });
}

const REFUSED: readonly (readonly [written: string, why: RegExp])[] = [
  ['', /it is empty/],
  ['docker-image://debian', /leave "docker-image:\/\/" out/],
  ['https://docker.io/debian', /leave "https:\/\/" out/],
  [' debian', /white space/],
  ['a1'.repeat(32), /image id/],
  ['Debian:bookworm', /"library\/Debian" must be lower case/],
  ['docker.io/library/Debian', /must be lower case/],
  ['debian:', /"" is not a tag/],
  ['debian:a:b', /"a:b" is not a tag/],
  [`debian:${'a'.repeat(129)}`, /is not a tag/],
  ['debian:-a', /"-a" is not a tag/],
  ['debian:*', /"\*" is not a tag/],
  ['debian*', /is not a repository name/],
  ['a..b/c:d', /"a\.\.b" is not a registry host/],
  ['my_host.example/a', /"my_host\.example" is not a registry host/],
  ['host:port/a', /"host:port" is not a registry host/],
  ['a/c-_d', /"a\/c-_d" is not a repository name/],
  ['a//b', /is not a repository name/],
  ['localhost/', /"" is not a repository name/],
  ['debian@', /a digest starts with sha256/],
  ['debian@md5:abc', /a digest starts with sha256, sha384, sha512, not "md5"/],
  ['debian@toString:abc', /not "toString"/],
  ['debian@sha256:abc', /a sha256 digest has 64 lower-case hex digits/],
  [`debian@${DIGEST.toUpperCase().replace('SHA', 'sha')}`, /64 lower-case hex digits/],
  [`docker.io/${'a/'.repeat(130)}a`, /longer than 255/],
];

for (const [written, why] of REFUSED) {
  test(`${JSON.stringify(written.slice(0, 60))} is refused: ${why.source}`, () => {
    assert.throws(
      () => parseImageRef(written),
      (error: Error) => error instanceof RangeError && why.test(error.message),
    );
  });
}

test('A reference comes apart into domain, path, tag and digest', () => {
  const parts = { domain: 'docker.io', path: 'library/debian', tag: 'bookworm', digest: DIGEST };
  assert.equal(parseImageRef(`debian:bookworm@${DIGEST}`), parts);
  assert.is(formatImageRef(parts), `docker.io/library/debian:bookworm@${DIGEST}`);
});

test('A digest without a tag gets no tag', () => {
  assert.equal(parseImageRef(`debian@${DIGEST}`), {
    domain: 'docker.io',
    path: 'library/debian',
    digest: DIGEST,
  });
});

test('A text made to backtrack is refused at once', () => {
  const start = performance.now();
  for (const long of [`${'a-'.repeat(50_000)}_`, `${'a.'.repeat(50_000)}!/x`, `x/${'a_'.repeat(50_000)}!`]) {
    assert.throws(() => parseImageRef(long), RangeError);
    assert.not(new RegExp(IMAGE_REF_PATTERN).test(long));
  }
  // What backtracks takes ages: the limit tells that from a slow machine.
  assert.ok(performance.now() - start < 10_000);
});

test.run();
