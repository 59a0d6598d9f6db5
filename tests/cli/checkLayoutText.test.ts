import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayoutReport } from '../../lib/cli/checkLayoutReport.ts';
import { layoutComplaint, layoutLines } from '../../lib/cli/checkLayoutText.ts';

const DIGEST = `sha256:${'0123456789ab'.repeat(6).slice(0, 64)}`;
const PASS: LayoutReport['manifests'][number] = {
  platform: 'linux/amd64',
  digest: DIGEST,
  marker: 'linux/amd64',
  verdict: 'pass',
  rule: null,
  problem: null,
};
const REPORT: LayoutReport = {
  layout: 'dir',
  ref: null,
  asked: null,
  ok: true,
  error: null,
  problems: [],
  manifests: [PASS],
  attestations: 0,
  deep: null,
};

const plain = (report: LayoutReport) => layoutLines(report, (text) => text);

test('a manifest is one line: platform, marker, digest and verdict', () => {
  assert.equal(plain(REPORT), [
    'linux/amd64  linux/amd64  sha256:0123456789ab  pass',
    'verified: 1 of 1 manifests passed',
  ]);
});

test('columns stay in line, and what fell short says why', () => {
  const missing = {
    platform: 'linux/arm/v7',
    digest: null,
    marker: null,
    verdict: 'manifest-missing' as const,
    rule: null,
    problem: 'no manifest for linux/arm/v7: expected one',
  };
  assert.equal(plain({ ...REPORT, ok: false, manifests: [PASS, missing] }), [
    'linux/amd64   linux/amd64  sha256:0123456789ab  pass',
    'linux/arm/v7  -            -                    manifest-missing: no manifest for linux/arm/v7: expected one',
    'not verified: 1 of 2 manifests passed',
  ]);
});

test('what a terminal would obey is written out', () => {
  const manifest = {
    ...PASS,
    marker: '\u001b[2J\n\u202e',
    verdict: 'wrong-platform' as const,
    problem: '\u001b[31m',
  };
  const [line] = plain({ ...REPORT, ok: false, manifests: [manifest] });
  assert.is(line, 'linux/amd64  "\\u001b[2J\\n\\u{202e}"  sha256:0123456789ab  wrong-platform: \\u{1b}[31m');
});

test('a blob that is missing says once what leaves such a layout', () => {
  const manifest = {
    ...PASS,
    verdict: 'layer-refused' as const,
    rule: 'blob-missing' as const,
    problem: 'there is no blobs/sha256/1',
  };
  const lines = plain({ ...REPORT, ok: false, manifests: [manifest, manifest] });
  assert.is(lines.length, 4);
  assert.match(lines[2] ?? '', /a target with two outputs leaves such a layout/);
});

test('attestations, a deep check and problems of the whole have lines of their own', () => {
  const deep = { blobs: 3, bytes: 99, problems: [{ rule: 'blob-missing' as const, message: 'one is gone' }] };
  const report = { ...REPORT, ok: false, problems: ['no manifest'], manifests: [], attestations: 2, deep };
  assert.equal(plain(report), [
    'no manifest',
    'one is gone',
    'attestations set aside: 2',
    'sound blobs: 3, 99 bytes',
    'not verified: 0 of 0 manifests passed',
  ]);
});

test('good news and bad news are coloured as such', () => {
  const manifests = [PASS, { ...PASS, verdict: 'wrong-platform' as const, problem: 'why' }];
  const lines = layoutLines(
    { ...REPORT, ok: false, manifests },
    (text, good) => `${good ? '+' : '-'}${text}`,
  );
  assert.match(lines[0] ?? '', /\+pass$/);
  assert.match(lines[1] ?? '', /-wrong-platform: why$/);
  assert.match(lines[2] ?? '', /^-not verified/);
});

test('a refusal says what to do next where there is something to do', () => {
  const message = 'dir: several tags';
  assert.equal(layoutComplaint({ rule: 'ref-needed', message }), {
    message,
    next: 'choose one with --ref <tag>',
  });
  assert.equal(layoutComplaint({ rule: 'digest-mismatch', message }), { message });
  assert.match(layoutComplaint({ rule: null, message }).next ?? '', 'may read');
});

test.run();
