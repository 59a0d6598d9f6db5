import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complaints } from './lintText.ts';

function found(identifier: string, ...constraints: unknown[]): string[] {
  const rules = [{ action: 'DENY', selector: { identifier, constraints } }];
  return complaints(rules, 'unknown-attribute', 'impossible-constraints');
}

for (const [identifier, constraint, expected] of [
  [
    'docker-image://*',
    { key: 'platform', value: 'linux/arm64' },
    'policies do not see the platform of a source, and no attribute carries it; this never holds',
  ],
  [
    'https://*',
    { key: 'http.checksun', value: 'a' },
    'no https sources carry an attribute "http.checksun" (did you mean "http.checksum"?); this never holds',
  ],
  [
    'docker-image://*',
    { key: 'http.checksum', value: 'a', condition: 'NOTEQUAL' },
    'no docker-image sources carry an attribute "http.checksum"; this always holds',
  ],
  [
    '*',
    { key: 'foo', value: 'a', condition: 'MATCHES' },
    'no sources carry an attribute "foo"; it reads as ""',
  ],
] as const) {
  test(`${constraint.key} of ${identifier}: ${expected}`, () => {
    assert.equal(found(identifier, constraint), [`unknown-attribute@1: ${expected}`]);
  });
}

test('attributes that sources do carry are fine, and every header of a request', () => {
  assert.equal(found('docker-image://*', { key: 'image.resolvemode', value: 'pull' }), []);
  assert.equal(found('https://*', { key: 'http.header.accept', value: 'a' }), []);
  assert.equal(found('*', { key: 'git.checksum', value: '' }), []);
});

for (const [first, second, contradicts] of [
  [{ value: 'a' }, { value: 'b' }, true],
  [{ value: 'a' }, { value: 'a' }, false],
  [{ value: 'a' }, { value: 'a', condition: 'NOTEQUAL' }, true],
  [{ value: 'a', condition: 'NOTEQUAL' }, { value: 'a' }, true],
  [{ value: 'a', condition: 'NOTEQUAL' }, { value: 'b', condition: 'NOTEQUAL' }, false],
] as const) {
  test(`${JSON.stringify(first)} and ${JSON.stringify(second)} can ${contradicts ? 'not ' : ''}hold together`, () => {
    const key = 'http.checksum';
    assert.is(found('https://*', { key, ...first }, { key, ...second }).length, contradicts ? 1 : 0);
  });
}

test.run();
