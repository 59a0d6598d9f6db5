import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../lib/policy/explain.ts';
import { formatExplanation } from '../../lib/policy/formatExplanation.ts';
import { parsePolicy } from '../../lib/policy/parsePolicy.ts';

const file = parsePolicy(
  'policies/a.json',
  new TextEncoder().encode(`{
  "rules": [
    {"action": "DENY", "selector": {"identifier": "docker-image://*"}},
    {"action": "CONVERT", "selector": {"identifier": "docker-image://docker.io/library/debian:12"},
     "updates": {"identifier": "docker-image://127.0.0.1:5000/m:1"}},
    {"selector": {"identifier": "docker-image://127.0.0.1:5000/*"}}
  ]
}`),
);
const format = (asked: string, platform?: string) =>
  formatExplanation(explain({ asked, files: [file] }), platform);

test('shows every rule, every pass and what is fetched in the end', () => {
  assert.is(
    format('debian:12', 'linux/arm64'),
    `debian:12 is docker-image://docker.io/library/debian:12
Policies do not see the platform: all of this holds for linux/arm64 as for any.

The frontend asks for the image's config:
  docker-image://docker.io/library/debian:12
    policies/a.json:3 rule 1: DENY WILDCARD docker-image://*
      matches: * takes "docker.io/library/debian:12"
      denied, unless a later rule allows it
    policies/a.json:4 rule 2: CONVERT WILDCARD docker-image://docker.io/library/debian:12
      matches: the same identifier
      becomes docker-image://127.0.0.1:5000/m:1; the rules are tried again from the first
    1 rule is not tried
  docker-image://127.0.0.1:5000/m:1
    policies/a.json:3 rule 1: DENY WILDCARD docker-image://*
      matches: * takes "127.0.0.1:5000/m:1"
      denied, unless a later rule allows it
    policies/a.json:4 rule 2: CONVERT WILDCARD docker-image://docker.io/library/debian:12
      does not match: the rule has "docker.io" where the source has "127.0.0.1"
    policies/a.json:6 rule 3: ALLOW WILDCARD docker-image://127.0.0.1:5000/*
      matches: * takes "m:1"
      allowed, unless a later rule denies it

The build asks for the image, to which a Dockerfile adds the digest that was found:
  docker-image://127.0.0.1:5000/m:1@sha256:…
    policies/a.json:3 rule 1: DENY WILDCARD docker-image://*
      matches: * takes "127.0.0.1:5000/m:1@sha256:…"
      denied, unless a later rule allows it
    policies/a.json:4 rule 2: CONVERT WILDCARD docker-image://docker.io/library/debian:12
      does not match: the rule has "docker.io" where the source has "127.0.0.1"
    policies/a.json:6 rule 3: ALLOW WILDCARD docker-image://127.0.0.1:5000/*
      matches: * takes "m:1@sha256:…"
      allowed, unless a later rule denies it

BuildKit fetches docker-image://127.0.0.1:5000/m:1@sha256:… (linux/arm64)
`,
  );
});

test("ends a refusal with BuildKit's error and the rule that decided", () => {
  assert.ok(
    format('debian:13').endsWith(`
BuildKit refuses docker-image://docker.io/library/debian:13: source "docker-image://docker.io/library/debian:13" denied by policy: source denied by policy
Decided by policies/a.json:3, rule 1: the last rule that matches.
`),
  );
});

test('says that what no rule denies is allowed', () => {
  assert.ok(
    format('https://example.com/x').endsWith(`
BuildKit fetches https://example.com/x
No rule denies it, and what no rule denies is allowed.
`),
  );
});

test('names the releases that do otherwise', () => {
  const exact = parsePolicy(
    'p.json',
    new TextEncoder().encode(
      '{"rules": [{"action": "CONVERT", "selector": {"identifier": "local://a", "match_type": "EXACT"}, "updates": {"identifier": "local://b"}}]}',
    ),
  );
  const text = formatExplanation(explain({ asked: 'local://a', files: [exact] }));
  assert.ok(text.endsWith('BuildKit before v0.31 differs: fetches local://a\n'), text);
});

test.run();
