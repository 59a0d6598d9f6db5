import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseImageRef } from '../../lib/matrix/imageRef.ts';
import { generatePolicy, MARKER_REGISTRY, markerRef } from '../../lib/policy/generatePolicy.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const OTHER = `sha256:${'1'.repeat(64)}`;

interface Rule {
  action: string;
  selector: { match_type: string; identifier: string };
  updates: { identifier: string };
}

const rulesFor = (base: string) =>
  (JSON.parse(generatePolicy({ name: 'd', ref: parseImageRef(base) })) as { rules: Rule[] }).rules;

/** BuildKit's match for the two match types that are generated (sourcepolicy/matcher.go, util/wildcard/wildcard.go). */
function matches({ selector }: Rule, source: string): boolean {
  if (selector.identifier === source) return true;
  if (selector.match_type !== 'WILDCARD') return false;
  const parts = selector.identifier.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.*)')}$`).test(source);
}

const converts = (base: string, source: string) =>
  rulesFor(base).some((rule) => matches(rule, `docker-image://${source}`));

test('The text is what people edit: two spaces, a final newline, one rule for the base and one for its digests', () => {
  assert.is(
    generatePolicy({ name: 'debian-bookworm', ref: parseImageRef('debian:bookworm') }),
    `{
  "rules": [
    {
      "action": "CONVERT",
      "selector": {
        "match_type": "WILDCARD",
        "identifier": "docker-image://docker.io/library/debian:bookworm"
      },
      "updates": {
        "identifier": "docker-image://127.0.0.1:5480/marker/debian-bookworm:latest"
      }
    },
    {
      "action": "CONVERT",
      "selector": {
        "match_type": "WILDCARD",
        "identifier": "docker-image://docker.io/library/debian:bookworm@*"
      },
      "updates": {
        "identifier": "docker-image://127.0.0.1:5480/marker/debian-bookworm:latest"
      }
    }
  ]
}
`,
  );
});

test('The base is converted as it is and in each of its digests', () => {
  assert.ok(converts('almalinux:8', 'docker.io/library/almalinux:8'));
  assert.ok(converts('almalinux:8', `docker.io/library/almalinux:8@${DIGEST}`));
  assert.ok(converts('host:443/core:3.0', `host:443/core:3.0@${DIGEST}`));
});

for (const other of [
  'docker.io/library/almalinux:8-minimal',
  'docker.io/library/almalinux:8.10',
  `docker.io/library/almalinux:8-minimal@${DIGEST}`,
  'docker.io/library/almalinux:9',
  'docker.io/library/almalinux',
  `docker.io/library/almalinux@${DIGEST}`,
  'mirror.example/library/almalinux:8',
  'docker.io/library/almalinux:8/x',
]) {
  test(`almalinux:8 does not take in ${other}`, () => {
    assert.not(converts('almalinux:8', other));
  });
}

test('A dot in a tag is a dot', () => {
  assert.not(converts('mcr.example/core:3.0', `mcr.example/core:3x0@${DIGEST}`));
});

test('A base with a digest is converted in that digest alone, with and without its tag', () => {
  const base = `debian:bookworm@${DIGEST}`;
  assert.ok(converts(base, `docker.io/library/debian:bookworm@${DIGEST}`));
  assert.ok(converts(base, `docker.io/library/debian@${DIGEST}`));
  assert.not(converts(base, `docker.io/library/debian:bookworm@${OTHER}`));
  assert.not(converts(base, 'docker.io/library/debian:bookworm'));
  assert.ok(rulesFor(base).every(({ selector }) => !selector.identifier.includes('*')));
});

test('A base that is a digest alone has one rule', () => {
  assert.is(rulesFor(`debian@${DIGEST}`).length, 1);
});

test('What a rule puts in is not matched by any rule again', () => {
  for (const { updates } of rulesFor('debian:bookworm')) {
    assert.not(rulesFor('debian:bookworm').some((rule) => matches(rule, updates.identifier)));
  }
});

test('Another registry takes the place of the default one', () => {
  assert.is(markerRef('d'), `${MARKER_REGISTRY}/marker/d:latest`);
  const text = generatePolicy({ name: 'd', ref: parseImageRef('a') }, 'registry.example:443');
  assert.not(text.includes(MARKER_REGISTRY));
  assert.is(text.split('docker-image://registry.example:443/marker/d:latest').length - 1, 2);
});

test('No rule is EXACT, which BuildKit before 0.31 converts to nothing', () => {
  for (const base of ['debian:bookworm', `debian:bookworm@${DIGEST}`]) {
    assert.ok(rulesFor(base).every(({ selector }) => selector.match_type === 'WILDCARD'));
  }
});

test.run();
