import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRoute } from '../../lib/registry/routes.ts';

const HEX = 'f80584115dc9d19dc2bf0883f3d0baefb949552df72fae8130115dfed8ef8260';
const DIGEST = `sha256:${HEX}`;

const routes: [target: string, route: object][] = [
  ['/v2/', { kind: 'base' }],
  ['/v2', { kind: 'base' }],
  [
    '/v2/marker/azlinux3/manifests/latest',
    { kind: 'manifest', name: 'marker/azlinux3', reference: 'latest' },
  ],
  ['/v2/m/manifests/' + DIGEST, { kind: 'manifest', name: 'm', reference: DIGEST }],
  ['/v2/m/blobs/' + DIGEST, { kind: 'blob', name: 'm', digest: DIGEST }],
  ['/v2/m/manifests/latest?ns=127.0.0.1%3A5480', { kind: 'manifest', name: 'm', reference: 'latest' }],
  ['/v2/a/blobs/b/manifests/latest', { kind: 'manifest', name: 'a/blobs/b', reference: 'latest' }],
  ['/v2/m/blobs/sha512:' + HEX + HEX, { kind: 'blob', name: 'm', digest: `sha512:${HEX}${HEX}` }],
];
for (const [target, route] of routes) {
  test(`${target.slice(0, 60)} is a route`, () => {
    assert.equal(parseRoute(target), route);
  });
}

const refused: [title: string, target: string, code: string][] = [
  ['the root', '/', 'NOT_A_ROUTE'],
  ['an absolute URL', 'http://127.0.0.1/v2/', 'NOT_A_ROUTE'],
  ['a double slash at the start', '//v2/m/manifests/latest', 'NOT_A_ROUTE'],
  ['the tag list', '/v2/m/tags/list', 'NOT_A_ROUTE'],
  ['an upload', '/v2/m/blobs/uploads/', 'NOT_A_ROUTE'],
  ['a name that climbs', '/v2/../../etc/manifests/latest', 'NAME_INVALID'],
  ['an encoded climb', '/v2/%2e%2e/manifests/latest', 'NAME_INVALID'],
  ['an upper-case name', '/v2/Marker/manifests/latest', 'NAME_INVALID'],
  ['an object property as a name', '/v2/__proto__/manifests/latest', 'NAME_INVALID'],
  ['a name of 256 characters', `/v2/${'a'.repeat(256)}/manifests/latest`, 'NAME_INVALID'],
  ['a path of 100,000 characters', `/v2/${'a/'.repeat(50_000)}manifests/latest`, 'NOT_A_ROUTE'],
  ['an upper-case digest', `/v2/m/blobs/sha256:${HEX.toUpperCase()}`, 'DIGEST_INVALID'],
  ['an upper-case algorithm', `/v2/m/blobs/SHA256:${HEX}`, 'DIGEST_INVALID'],
  ['a short digest', `/v2/m/blobs/sha256:${HEX.slice(1)}`, 'DIGEST_INVALID'],
  ['a digest with a line break', `/v2/m/blobs/${DIGEST}\n`, 'DIGEST_INVALID'],
  ['an unknown algorithm', `/v2/m/manifests/md5:${HEX.slice(32)}`, 'DIGEST_INVALID'],
  ['a blob by tag', '/v2/m/blobs/latest', 'DIGEST_INVALID'],
  ['a digest that climbs', '/v2/m/blobs/..%2f..%2findex.json', 'DIGEST_INVALID'],
  ['a tag that begins with a dot', '/v2/m/manifests/..', 'MANIFEST_INVALID'],
  ['a tag of 129 characters', `/v2/m/manifests/${'t'.repeat(129)}`, 'MANIFEST_INVALID'],
];
for (const [title, target, code] of refused) {
  test(`${title} is refused with ${code}`, () => {
    assert.equal(parseRoute(target), { kind: 'problem', code });
  });
}

test('a name made to backtrack is refused at once', () => {
  const start = performance.now();
  parseRoute(`/v2/${'a-'.repeat(120)}_!/manifests/latest`);
  // What backtracks takes ages: the limit tells that from a slow machine.
  assert.ok(performance.now() - start < 5_000);
});

test.run();
