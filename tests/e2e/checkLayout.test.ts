import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layoutReportSchema } from '../../lib/cli/checkLayoutReport.ts';
import { CLONE, runMake, runVerb, withFolder } from './verbs.ts';

const MARKER = join(CLONE, 'tests/fixtures/buildkit/marker');

test('make check LAYOUT= asserts the markers of a layout', async () => {
  const { status, stdout } = await runMake('check', { LAYOUT: MARKER, PLATFORM: 'linux/arm64,linux/amd64' });
  assert.is(status, 0, stdout);
  assert.equal(stdout.trimEnd().split('\n'), [
    'linux/arm64  linux/arm64  sha256:e41135652067  pass',
    'linux/amd64  linux/amd64  sha256:e0e8675e5379  pass',
    'verified: 2 of 2 manifests passed',
  ]);
});

test('a set of platforms other than the one asked for ends with status 1', async () => {
  const { status, stdout } = await runVerb('check', { LAYOUT: MARKER, PLATFORM: 'linux/arm64', DEEP: '1' });
  assert.is(status, 1);
  assert.match(stdout, /^linux\/amd64 .* not-asked-for: /m);
  assert.match(stdout, /^not verified: 1 of 2/m);
});

test('what is no layout ends with status 2 and no stack trace, and for machines with a document too', () =>
  withFolder(async (folder) => {
    const { status, stdout, stderr } = await runVerb('check', { LAYOUT: folder, JSON: '1' });
    assert.is(status, 2);
    const report = layoutReportSchema.parse(JSON.parse(stdout));
    assert.is(report.error?.rule, 'layout-marker');
    assert.match(stderr, /^error: .* has no oci-layout/);
    assert.not.match(stderr, /^\s+at /m);
  }));

test('for machines the report is the whole of the standard output', async () => {
  const { status, stdout, stderr } = await runVerb('check', { LAYOUT: MARKER, JSON: '1' });
  assert.equal([status, stderr], [0, '']);
  assert.ok(layoutReportSchema.parse(JSON.parse(stdout)).ok);
});

test('options that do not go together end with status 2, by name', async () => {
  const together = await runVerb('check', { LAYOUT: MARKER, OUT: 'out' });
  assert.is(together.status, 2);
  assert.match(together.stderr, 'OUT and LAYOUT do not go together');
  const alone = await runVerb('check', { PLATFORM: 'linux/amd64' });
  assert.is(alone.status, 2);
  assert.match(alone.stderr, 'PLATFORM goes with LAYOUT alone');
});

test.run();
