const GOOD = '{"rules": [\n  {"action": "DENY", "selector": {"identifier": "http://*"}}\n]}\n';

/** Policies that are wrong, by name: their content, and the place and the words that have to be said of them. */
export const BAD_POLICIES: Readonly<
  Record<string, { content: string | Uint8Array; at: string; says: RegExp }>
> = {
  bom: { content: `\uFEFF${GOOD}`, at: '1:1', says: /byte order mark/ },
  brackets: {
    content: `{"rules": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    at: '1:110',
    says: /nest more than 100 deep/,
  },
  'brackets-open': { content: '['.repeat(100_000), at: '1:101', says: /nest more than 100 deep/ },
  crlf: {
    content: GOOD.replace('DENY', 'deny').replaceAll('\n', '\r\n'),
    at: '2:14',
    says: /did you mean "DENY"/,
  },
  empty: { content: '', at: '1:1', says: /the file is empty/ },
  json5: { content: GOOD.replace('"DENY"', "'DENY'"), at: '2:14', says: /single quotes are JSON5's/ },
  jsonc: {
    content: GOOD.replace('  {', '  // mine\n  {'),
    at: '2:3',
    says: /a comment, which JSONC and JSON5 have/,
  },
  latin: {
    content: Buffer.from(GOOD.replace('http', 'h\u00E4ttp'), 'latin1'),
    at: '2:51',
    says: /not UTF-8/,
  },
  trailing: { content: GOOD.replace('}}', '}},'), at: '2:61', says: /JSONC and JSON5 let it stand/ },
  utf16: { content: Buffer.from(`\uFEFF${GOOD}`, 'utf16le'), at: '1:1', says: /UTF-16; expected UTF-8/ },
};

/** Policies that BuildKit takes and that ask much of whoever reads them. */
export const HEAVY_POLICIES: Readonly<Record<string, string>> = {
  'many-rules': policy(
    Array.from({ length: 10_000 }, (_, index) => ({
      action: 'CONVERT',
      selector: { identifier: `docker-image://docker.io/library/app-${index}:*` },
      updates: { identifier: `docker-image://mirror.example/app-${index}:\${1}` },
    })),
  ),
  megabyte: policy([
    { action: 'DENY', selector: { identifier: `https://a.example/${'x'.repeat(1_000_000)}` } },
  ]),
  backtracking: policy([
    { action: 'DENY', selector: { identifier: `docker-image://${'*a'.repeat(5000)}b` } },
    ...['^(([a-z:/.-])+.)+[A-Z]([a-z])+$', '^(a|a?)+(.*x){20}$', `^(?:.?){500}.{500}$`].map((identifier) => ({
      action: 'DENY',
      selector: { match_type: 'REGEX', identifier },
    })),
  ]),
};

function policy(rules: readonly unknown[]): string {
  return JSON.stringify({ rules }, null, 2);
}
