/** What breaks a lint rule: the text of a policy, or, where a text cannot show it, a sentence. */
export type RuleExample = { policy: string } | { said: string };

const HUB = 'docker-image://docker.io/library';

/** An example of what each lint rule is about, by the rule's id. */
export const RULE_EXAMPLES: Readonly<Record<string, RuleExample>> = {
  'json-syntax': { policy: "{'rules': []}" },
  'json-comment': { policy: '{\n  // what the build may fetch\n  "rules": [{"action": "DENY", "selector": {"identifier": "http://*"}}]\n}' }, // prettier-ignore
  'json-trailing-comma': policy(`{"action": "DENY", "selector": {"identifier": "http://*"}},`),
  'json-bom': {
    said: 'The bytes `EF BB BF` in front of the first `{`, as some editors write them for "UTF-8 with BOM".',
  },
  'json-encoding': { said: 'A file in Latin-1 or UTF-16.' },
  'json-empty': { said: 'A file without a byte in it, or with white space alone.' },
  'json-depth': { said: '`[[[[…`, more than a hundred deep.' },
  'json-size': { said: 'A file of more than 16 MiB.' },
  'wrong-type': policy(`{"action": "DENY", "selector": "http://*"}`),
  'bad-enum': policy(`{"action": "deny", "selector": {"identifier": "http://*"}}`),
  'unknown-key': policy(
    `{"action": "DENY", "selector": {"matchType": "EXACT", "identifier": "${HUB}/debian:sid"}}`,
  ),
  'duplicate-key': policy(`{"action": "ALLOW", "action": "DENY", "selector": {"identifier": "http://*"}}`),
  'key-case': policy(`{"Action": "DENY", "selector": {"identifier": "http://*"}}`),
  'missing-selector': policy(`{"action": "DENY"}`),
  'no-rules': { policy: '{"rules": []}' },
  'unknown-version': {
    policy: '{"version": 2, "rules": [{"action": "DENY", "selector": {"identifier": "http://*"}}]}',
  },
  'empty-constraint': policy(
    `{"action": "DENY", "selector": {"identifier": "https://*", "constraints": [{"value": "sha256:0"}]}}`,
  ),
  'updates-ignored': policy(
    `{"action": "DENY", "selector": {"identifier": "http://a.example/f"}, "updates": {"identifier": "https://a.example/f"}}`,
  ),
  'bad-wildcard': policy(`{"action": "DENY", "selector": {"identifier": "https://**.example/*"}}`),
  'bad-regex': policy(
    `{"action": "DENY", "selector": {"match_type": "REGEX", "identifier": "^https://(?!a\\\\.example/).*$"}}`,
  ),
  'never-matches': policy(`{"action": "DENY", "selector": {"identifier": "debian:sid"}}`),
  'hardly-matches': policy(`{"action": "DENY", "selector": {"identifier": "docker-image://debian:*"}}`),
  'unknown-attribute': policy(
    `{"action": "DENY", "selector": {"identifier": "${HUB}/*", "constraints": [{"key": "platform", "value": "linux/arm64"}]}}`,
  ),
  'impossible-constraints': policy(
    `{"action": "DENY", "selector": {"identifier": "https://*", "constraints": [{"key": "http.checksum", "value": "a"}, {"key": "http.checksum", "value": "b"}]}}`,
  ),
  'unanchored-regex': policy(
    `{"action": "DENY", "selector": {"match_type": "REGEX", "identifier": "https?://a\\\\.example/"}}`,
  ),
  'wide-wildcard': policy(`{"action": "DENY", "selector": {"identifier": "${HUB}/debian:bookworm*"}}`),
  'convert-without-updates': policy(`{"action": "CONVERT", "selector": {"identifier": "${HUB}/debian:sid"}}`),
  'convert-changes-nothing': policy(convert(`${HUB}/debian:*`, `${HUB}/debian:\${1}`)),
  'convert-writes-pattern': policy(
    `{"action": "CONVERT", "selector": {"identifier": "https://a.example/*"}, "updates": {"attrs": {"http.checksum": "sha256:0"}}}`,
  ),
  'exact-convert': policy(
    `{"action": "CONVERT", "selector": {"match_type": "EXACT", "identifier": "${HUB}/debian:sid"}, "updates": {"identifier": "${HUB}/debian:trixie"}}`,
  ),
  'missing-capture': policy(convert(`${HUB}/golang:*`, `docker-image://mirror.example/golang:\${2}`)),
  'literal-capture': policy(
    `{"action": "CONVERT", "selector": {"match_type": "EXACT", "identifier": "${HUB}/golang:1"}, "updates": {"identifier": "docker-image://mirror.example/golang:\${1}"}}`,
  ),
  'bad-destination': policy(convert(`${HUB}/debian:sid`, 'debian:trixie')),
  'allow-only': policy(`{"action": "ALLOW", "selector": {"identifier": "${HUB}/*"}}`),
  'deny-forgets-local': policy(
    `{"action": "DENY", "selector": {"identifier": "*"}}`,
    `{"action": "ALLOW", "selector": {"identifier": "${HUB}/*"}}`,
  ),
  'allow-forgets-digest': policy(
    `{"action": "DENY", "selector": {"identifier": "docker-image://*"}}`,
    `{"action": "ALLOW", "selector": {"identifier": "${HUB}/debian:bookworm"}}`,
  ),
  'shared-constraints': policy(
    `{"action": "DENY", "selector": {"identifier": "https://*"}}`,
    `{"action": "ALLOW", "selector": {"identifier": "https://*", "constraints": [{"key": "http.checksum", "condition": "NOTEQUAL"}]}}`,
  ),
  shadowed: policy(
    convert(`${HUB}/debian:*`, `docker-image://mirror.example/debian:\${1}`),
    convert(`${HUB}/debian:sid`, `${HUB}/debian:trixie`),
  ),
  overruled: policy(
    `{"action": "ALLOW", "selector": {"identifier": "https://a.example/*"}}`,
    `{"action": "DENY", "selector": {"identifier": "https://*"}}`,
  ),
  'convert-feeds-itself': policy(convert(`${HUB}/golang:*`, `${HUB}/golang:\${1}-alpine`)),
  'convert-loop': policy(
    convert(`${HUB}/debian:sid`, `${HUB}/debian:trixie`),
    convert(`${HUB}/debian:trixie`, `${HUB}/debian:sid`),
  ),
  'policy-without-distro': {
    said: '`policies/debian-bokworm.json`, where `distros.yaml` has `debian-bookworm`.',
  },
  'distro-without-policy': { said: 'A new row in `distros.yaml`, before `make generate`.' },
  'base-misses-marker': {
    said: 'A policy that was copied from another distro: it converts `debian:bookworm`, and the base is `debian:trixie`.',
  },
  'cut-short': {
    said: 'Thousands of rules that differ in the middle of their patterns alone: `*app-1x:*`, `*app-2x:*`, …',
  },
};

/** A policy of these rules, one to a line. */
function policy(...rules: readonly string[]): RuleExample {
  return { policy: `{\n  "rules": [\n    ${rules.join(',\n    ')}\n  ]\n}` };
}

function convert(from: string, to: string): string {
  return `{"action": "CONVERT", "selector": {"identifier": "${from}"}, "updates": {"identifier": "${to}"}}`;
}
