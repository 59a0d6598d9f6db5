import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changesOf, newNotes, standing } from '../../lib/cli/watchChanges.ts';
import type { Report, ReportCell, ReportControl } from '../../lib/report/schema.ts';

const PASS = ['linux/amd64', 'linux/arm64'].map((platform) => cell({ platform }));

function cell(change: Partial<ReportCell>): ReportCell {
  const named = { distro: 'azlinux3', path: 'source-policy', platform: 'linux/arm64' };
  return { ...named, verdict: 'pass', detail: '', ...change } as ReportCell;
}

function control(change: Partial<ReportControl>): ReportControl {
  const named = {
    name: 'pinned-platform',
    distro: 'azlinux3',
    path: 'source-policy',
    platform: 'linux/arm64',
  };
  return {
    ...named,
    expected: 'wrong-platform',
    verdict: 'wrong-platform',
    detail: '',
    caught: true,
    ...change,
  } as ReportControl;
}

const report = (change: Partial<Report>): Report =>
  ({ cells: PASS, controls: [control({})], notes: [], ...change }) as Report;

const lines = (before: Partial<Report>, after: Partial<Report>) =>
  changesOf(report(before), report(after)).map(({ text, good }) => `${good ? '+' : '-'} ${text}`);

const bad = cell({ verdict: 'marker-not-used', detail: 'no seal came with it' });

test('where every verdict is the same there is nothing to tell', () => {
  assert.equal(lines({}, {}), []);
  assert.equal(lines({ cells: [bad] }, { cells: [bad] }), []);
});

test('a cell with another verdict is told with the reason, and again when it is mended', () => {
  const broken = [cell({ platform: 'linux/amd64' }), bad];
  assert.equal(lines({}, { cells: broken }), [
    '- azlinux3 source-policy linux/arm64: pass -> marker-not-used: no seal came with it',
  ]);
  assert.equal(lines({ cells: broken }, {}), [
    '+ azlinux3 source-policy linux/arm64: marker-not-used -> pass',
  ]);
});

test('the same verdict for another reason is told', () => {
  assert.equal(lines({ cells: [bad] }, { cells: [{ ...bad, detail: 'the seal is another’s' }] }), [
    '- azlinux3 source-policy linux/arm64: still marker-not-used: the seal is another’s',
  ]);
});

test('cells that are new or gone are told, but not those of a distro that is gone as a whole', () => {
  const other = cell({ distro: 'other' });
  assert.equal(lines({ cells: [...PASS.slice(0, 1), other] }, {}), [
    '+ azlinux3 source-policy linux/arm64: new pass',
  ]);
  assert.equal(lines({}, { cells: PASS.slice(0, 1) }), [
    '- azlinux3 source-policy linux/arm64: not verified any more',
  ]);
});

test('a control that is missed is told, and again when it is caught', () => {
  const missed = { controls: [control({ caught: false, verdict: 'pass' })] };
  assert.equal(lines({}, missed), [
    '- control pinned-platform azlinux3 source-policy linux/arm64: not caught: expected wrong-platform, got pass',
  ]);
  assert.equal(lines(missed, {}), [
    '+ control pinned-platform azlinux3 source-policy linux/arm64: caught again',
  ]);
  assert.equal(lines({ controls: [] }, {}), [], 'a new one that is caught is as it should be');
});

test('a note is new where more than its figures is', () => {
  const notes = (...texts: string[]) => report({ notes: texts });
  assert.equal(newNotes(notes('8 of 12 stand', 'a'), notes('a', '12 of 12 stand', 'b')), ['b']);
});

test('how things stand is told in cells and controls', () => {
  const totals = {
    cells: 6,
    verdicts: { pass: 4, unproven: 2 },
    controls: 15,
    controlsCaught: 14,
    bases: {},
  };
  assert.is(standing(report({ totals })), '4 of 6 cells pass, 14 of 15 controls caught');
  assert.match(standing(report({ totals: { ...totals, verdicts: {} } })), /^0 of 6 cells pass/);
});

test.run();
