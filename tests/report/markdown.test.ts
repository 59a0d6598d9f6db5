import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { markdown, SUMMARY_MAX } from '../../lib/report/markdown.ts';
import { HOSTILE, PROGRAM, report, reportCell } from './report.ts';

const failed = { verdict: 'build-failed', detail: HOSTILE, log: HOSTILE } as const;

test('A text of a build is no markup: no tag, no fence that ends early', () => {
  const made = markdown(report([reportCell(failed)]));
  const [outside = '', fenced = ''] = made.split('`````text\n');
  assert.not(outside.includes('<script'));
  assert.match(fenced, /^<script>[^]*\n`````\n/);
});

test('A report past the limit is cut between parts, in bytes, with a word about it', () => {
  const log = '😀'.repeat(1_000);
  const cells = Array.from({ length: 400 }, (_, at) => reportCell({ ...failed, distro: `d${at}`, log }));
  const made = markdown(report(cells));
  assert.ok(Buffer.byteLength(made) <= SUMMARY_MAX);
  assert.ok(Buffer.byteLength(made) > SUMMARY_MAX - 20_000, 'what fits is there');
  assert.match(made, /Cut here[^\n]* \d+ parts left out/);
  assert.is((made.match(/^`{3,}/gm) ?? []).length % 2, 0, 'every fence is closed');
  assert.not(made.includes('\uFFFD'));
});

test('Where no room is left nothing is written', () => {
  assert.is(markdown(report([reportCell()]), 10), '');
});

test('A stand-in is never shown as the real thing', () => {
  assert.match(markdown(report([reportCell()])), /no distro content/);
});

test('What was installed is a row each, with what was not configured, its program and whose commands ran', () => {
  const installed = {
    manager: 'apt',
    package: 'hello',
    version: '2.10-3',
    architecture: 'arm64',
    status: 'unpacked',
    unconfigured: 'libc6 hello',
  };
  const made = markdown(
    report([reportCell({ installed, program: PROGRAM }), reportCell({ installed: null })]),
  );
  const rows = made.split('\n').filter((line) => line.startsWith('|azlinux3 '));
  assert.equal(rows, [
    '|azlinux3 source-policy linux/arm64|hello 2.10-3 arm64, by apt&#58; unpacked|libc6 hello|' +
      '/usr/bin/hello is ELF machine 183, 64 bits, little endian&#58; arm64|1 native, 0 foreign|',
  ]);
  assert.not.match(markdown(report([reportCell()])), /Installed/);
});

test('What a worker says that it installed is no markup', () => {
  const made = markdown(report([reportCell({ installed: { package: HOSTILE, manager: HOSTILE } })]));
  assert.not(made.includes('<script'));
});

test.run();
