import stringWidth from 'string-width';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportLines } from '../../lib/cli/printReport.ts';
import { PATHS, VERDICTS, type Verdict } from '../../lib/proof/verdict.ts';
import type { Report } from '../../lib/report/schema.ts';
import { HOSTILE, report, reportCell } from '../report/report.ts';

const same = (text: string) => text;
const lines = (shown: Report, { columns, place }: { columns?: number | undefined; place?: string } = {}) =>
  reportLines(shown, { columns, place, paint: same, dim: same });

test('What fell short has its reason and the command that runs it alone; a reason that is the same is not told twice', () => {
  const cells = PATHS.map((path) =>
    reportCell({
      path,
      verdict: 'unproven',
      detail: 'an emulator answers',
      rerun: `make verify WORKER_PATH=${path}`,
    }),
  );
  const said = lines(report([...cells, reportCell({ distro: 'fine' })]));
  const from = said.findIndex((line) => line.startsWith('unproven '));
  assert.equal(said.slice(from, from + 6), [
    'unproven azlinux3 worker-context linux/arm64: an emulator answers',
    '  make verify WORKER_PATH=worker-context',
    'unproven azlinux3 base-context linux/arm64: the same',
    '  make verify WORKER_PATH=base-context',
    'unproven azlinux3 source-policy linux/arm64: the same',
    '  make verify WORKER_PATH=source-policy',
  ]);
});

test('The last line closes it, after the place of the report', () => {
  const said = lines(report([reportCell()]), { place: 'out/report.html' });
  assert.equal(said.slice(-2), [
    'report: out/report.html',
    'verified: 1 of 1 cells passed, 1 of 1 controls caught; bases: 1 stand-in (no distro content)',
  ]);
});

test('On a terminal of 40 columns no line of the verdicts is broken, whatever they are', () => {
  const verdicts = Object.keys(VERDICTS) as Verdict[];
  const cells = verdicts.flatMap((verdict, at) =>
    PATHS.flatMap((path) =>
      ['linux/amd64', 'linux/arm/v7'].map((platform) =>
        reportCell({ distro: `distro-${at}`, path, platform, verdict, detail: 'why' }),
      ),
    ),
  );
  const [verdictLines = ''] = lines(report(cells), { columns: 40 });
  const shown = verdictLines.split('\n');
  assert.equal(
    shown.filter((line) => stringWidth(line) > 40),
    [],
  );
  for (const verdict of verdicts) assert.ok(verdictLines.includes(verdict), verdict);
});

test('The table is kept where it has room, and where nobody knows how much there is', () => {
  for (const columns of [200, 0, undefined])
    assert.match(lines(report([reportCell()]), { columns })[0] ?? '', /^┌/);
});

test('Nothing that a build says begins a line', () => {
  const bad = reportCell({ distro: HOSTILE, platform: HOSTILE, verdict: 'build-failed', detail: HOSTILE });
  const said = lines(report([bad], { notes: [HOSTILE] })).slice(1);
  const all = said.join('\n').split('\n');
  assert.equal(
    all.filter((line) => line.startsWith('::') || line.includes('##[')),
    [],
  );
});

test.run();
