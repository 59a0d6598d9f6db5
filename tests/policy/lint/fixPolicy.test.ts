import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fixPolicy } from '../../../lib/policy/lint/fixPolicy.ts';

function fix(text: string): { text: string; fixed: number } {
  const { bytes, fixed } = fixPolicy({ file: 'p.json', bytes: new TextEncoder().encode(text) });
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), fixed };
}

test('mends what is mechanical, layer by layer, and keeps formatting and order', () => {
  const before = `\uFEFF{\r
\t"Rules": [\r
\t\t{ "selector" : {"matchType":"exact",   "identifier":"docker://debian:12"},\r
\t\t  "action":  "convert", "update": {"identifier": "alpine:3",} },\r
\t]\r
}\r
`;
  const after = `{\r
\t"rules": [\r
\t\t{ "selector" : {"match_type":"WILDCARD",   "identifier":"docker-image://docker.io/library/debian:12"},\r
\t\t  "action":  "CONVERT", "updates": {"identifier": "docker-image://docker.io/library/alpine:3"} }\r
\t]\r
}\r
`;
  assert.equal(fix(before), { text: after, fixed: 12 });
});

test('leaves a good file alone, byte by byte', () => {
  const bytes = new TextEncoder().encode(
    '{"rules": [{"action": "DENY", "selector": {"identifier": "https://*"}}]}',
  );
  assert.is(fixPolicy({ file: 'p.json', bytes }).bytes, bytes);
});

test('leaves alone what a person has to decide', () => {
  const text =
    '// why\n{"rules": [{"action": "DENY", "selector": {"identifier": "(", "match_type": "REGEX"}}]}';
  assert.equal(fix(text), { text, fixed: 0 });
});

test('mends thousands of slips', () => {
  const { fixed } = fix(
    `{"rules": [${'{"action":"DENY","selector":{"identifier":"https://*",},},'.repeat(3000)}]}`,
  );
  assert.is(fixed, 6001);
});

test.run();
