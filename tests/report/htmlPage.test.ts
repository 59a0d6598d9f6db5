import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { htmlPage } from '../../lib/report/htmlPage.ts';
import { report, reportCell } from './report.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** So many distros, the last of which fell short. */
function cellsOf(distros: number) {
  return Array.from({ length: distros }, (_, at) =>
    PLATFORMS.map((platform) =>
      reportCell({
        distro: `distro-${at}`,
        platform,
        verdict: at === distros - 1 ? 'wrong-platform' : 'pass',
        detail: at === distros - 1 ? 'the marker of another' : '',
      }),
    ),
  ).flat();
}
const count = (page: string, part: string) => page.split(part).length - 1;

test('Every cell opens to its own evidence', () => {
  const page = htmlPage(report(cellsOf(20)), undefined);
  assert.is(count(page, '<dialog'), 40);
  assert.not(page.includes('report.json'));
});

test('Of more cells than a page can hold all are in the map, and what fell short has its evidence', () => {
  const cells = cellsOf(1_100);
  const page = htmlPage(report(cells), undefined);
  assert.is(count(page, 'data-opens='), 2_200);
  assert.is(count(page, '<dialog'), 2_001);
  assert.is(count(page, 'data-opens="cell-left-out"'), 200);
  assert.match(page, /<dialog id="cell-left-out".*report\.json/);
  for (const platform of PLATFORMS)
    assert.ok(page.includes(`<h2 id="cell-${cells.length - 1 - PLATFORMS.indexOf(platform)}-title"`));
});

test('What changed since the run before has its evidence before what did not', () => {
  const cells = cellsOf(1_100);
  const before = report(cells.slice(0, 2_100));
  const page = htmlPage(report(cells), before);
  for (let at = 2_100; at < 2_200; at += 1) assert.ok(page.includes(`<dialog id="cell-${at}"`), `cell ${at}`);
});

test.run();
