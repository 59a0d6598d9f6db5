import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../lib/report/schema.ts';
import { basesLine, closingLine } from '../../lib/report/summary.ts';
import { verdictTable } from '../../lib/report/table.ts';

const cell = (distro: string, path: string, platform: string, verdict: string) => ({
  ...{ distro, path, platform, verdict },
  base: { kind: 'stand-in' },
});
const report = (cells: unknown[], rest = {}) => ({ cells, ...rest }) as Report;
const plain = (text: string) => text;

test('A distro whose platforms all passed takes one line', () => {
  const table = verdictTable(
    report([
      cell('d', 'source-policy', 'linux/amd64', 'pass'),
      cell('d', 'source-policy', 'linux/arm/v7', 'pass'),
    ]),
    plain,
  );
  assert.match(table, /│ d +│ stand-in │ pass amd64 arm\/v7 │/);
});

test('Where platforms differ each has its verdict', () => {
  const cells = [
    cell('d', 'source-policy', 'linux/amd64', 'pass'),
    cell('d', 'source-policy', 'linux/arm64', 'needs-emulation'),
  ];
  const table = verdictTable(report(cells), plain);
  assert.match(table, /pass amd64/);
  assert.match(table, /needs-emulation arm64/);
});

test('Where the table is too wide the verdicts are a list', () => {
  const cells = [
    cell('d', 'worker-context', 'linux/amd64', 'pass'),
    cell('d', 'worker-context', 'linux/arm64', 'pass'),
    cell('d', 'source-policy', 'linux/amd64', 'pass'),
    cell('d', 'source-policy', 'linux/arm64', 'wrong-platform'),
  ];
  assert.equal(verdictTable(report(cells), plain, 40).split('\n'), [
    'd (stand-in)',
    '  worker-context pass amd64 arm64',
    '  source-policy  pass amd64',
    '                 wrong-platform arm64',
  ]);
  assert.equal(verdictTable(report(cells.slice(2)), plain, 24).split('\n'), [
    'd (stand-in)',
    ' source-policy',
    '   pass amd64',
    '   wrong-platform arm64',
  ]);
});

test('A path that nobody asked for has no column', () => {
  const table = verdictTable(report([cell('d', 'worker-context', 'linux/amd64', 'pass')]), plain);
  assert.not(table.includes('source-policy'));
});

test('Good and bad news are painted apart', () => {
  const painted: [string, boolean][] = [];
  verdictTable(
    report([
      cell('a', 'source-policy', 'linux/amd64', 'pass'),
      cell('b', 'source-policy', 'linux/amd64', 'unproven'),
    ]),
    (text, good) => {
      painted.push([text, good]);
      return text;
    },
  );
  assert.equal(painted, [
    ['pass amd64', true],
    ['unproven amd64', false],
  ]);
});

const totals = {
  cells: 3,
  verdicts: { pass: 2 },
  controls: 5,
  controlsCaught: 4,
  bases: { registry: 1, 'stand-in': 2 },
};

test('The closing line counts cells, controls and bases, and never calls a stand-in the real thing', () => {
  assert.is(
    closingLine(report([], { totals, verified: false })),
    'not verified: 2 of 3 cells passed, 4 of 5 controls caught; bases: 1 registry, 2 stand-in (no distro content)',
  );
  assert.match(closingLine(report([], { totals, verified: true })), /^verified: /);
  assert.match(basesLine(report([], { totals })), /no distro content/);
});

test.run();
