import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../../lib/engine/command.ts';
import { htmlPage } from '../../lib/report/htmlPage.ts';
import { junitXml } from '../../lib/report/junit.ts';
import type { ReportCell } from '../../lib/report/schema.ts';
import { PATHS } from '../../lib/proof/verdict.ts';
import { HOSTILE, PROGRAM, report, reportCell } from '../report/report.ts';
import { startBrowser } from './page/openPage.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.js'), 'utf8');
const browser = await startBrowser();

const INSTALLED = {
  manager: 'apt',
  package: 'hello',
  version: '2.10-3',
  architecture: 'arm64',
  unconfigured: 'libc6',
};

const cells = Array.from({ length: 14 }, (_, row) =>
  PATHS.flatMap((path) =>
    ['linux/amd64', 'linux/arm64'].map((platform): ReportCell => {
      const change = { distro: `distro-${row}`, path, platform, expected: platform, marker: platform };
      if (row === 3 && path === 'source-policy')
        return reportCell({ ...change, verdict: 'build-failed', detail: 'it failed', log: 'the end' });
      if (row === 5 && platform === 'linux/arm64')
        return reportCell({ ...change, verdict: 'unproven', detail: 'no provenance', graph: null });
      if (row === 7) return reportCell({ ...change, installed: INSTALLED, program: PROGRAM });
      return reportCell(change);
    }),
  ),
).flat();
const now = report(cells);
const before = report(cells.map((cell, at) => (at === 0 ? { ...cell, verdict: 'unproven' } : cell)));
const html = htmlPage(now, before);

/** The ids of axe's violations. Its script is evaluated by the debugger, past the page's policy. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
  );
}

test('84 cells fit into far less than 2 MB', () => {
  assert.is(cells.length, 84);
  assert.ok(Buffer.byteLength(html) < 1_000_000);
});

test('A click opens the evidence of a cell, and Close takes one back to it', async () => {
  const { page, wrong } = await browser.open(html);
  const cell = page.getByRole('button', { name: 'distro-3 source-policy linux/arm64: build-failed' });
  await cell.click();
  const dialog = page.getByRole('dialog');
  const text = await dialog.innerText();
  for (const part of ['it failed', 'the end', 'policies/azlinux3.json', 'marker/azlinux3', 'linux/arm64'])
    assert.ok(text.includes(part), part);
  assert.is(await dialog.getByRole('img').count(), 1, 'the ops as a graph');
  await dialog.getByRole('button', { name: 'Close' }).click();
  assert.is(await dialog.count(), 0);
  assert.is(
    await page.evaluate<string>('document.activeElement.dataset.opens'),
    await cell.getAttribute('data-opens'),
  );
  assert.equal(wrong, []);
  await page.close();
});

test('A cell that something was installed into says what, what was not configured, and what its program is for', async () => {
  const { page, wrong } = await browser.open(html);
  await page.getByRole('button', { name: 'distro-7 base-context linux/arm64: pass' }).click();
  const text = await page.getByRole('dialog').innerText();
  for (const part of ['2.10-3', 'libc6', 'ELF machine 183', '1 native, 0 foreign'])
    assert.ok(text.includes(part), part);
  assert.equal(wrong, []);
  await page.close();
});

test('Filters leave what fits, say how many cells that is, and can be taken back', async () => {
  const { page, wrong } = await browser.open(html);
  const count = () => page.locator('output').innerText();
  await page.getByRole('combobox', { name: 'verdict' }).selectOption('unproven');
  assert.is(await count(), '3 of 84 cells');
  assert.is(await page.locator('table.map tbody tr:visible').count(), 1);
  await page.getByRole('combobox', { name: 'path' }).selectOption('source-policy');
  assert.is(await count(), '1 of 84 cells');
  await page.getByRole('button', { name: 'Reset' }).click();
  assert.is(await count(), '84 of 84 cells');
  await page.getByRole('combobox', { name: 'distro' }).selectOption('distro-2');
  await page.getByRole('combobox', { name: 'platform' }).selectOption('linux/amd64');
  assert.is(await count(), '3 of 84 cells');
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('searchbox').fill('It Failed');
  assert.is(await count(), '2 of 84 cells');
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByLabel('only what changed').check();
  assert.is(await count(), '1 of 84 cells');
  assert.match(await page.locator('table.map').innerText(), /was unproven/);
  assert.equal(wrong, []);
  await page.close();
});

test('The keyboard alone opens a cell, closes it and comes back', async () => {
  const { page, wrong } = await browser.open(html);
  const focused = () =>
    page.evaluate<string>('document.activeElement.dataset.opens ?? document.activeElement.tagName');
  for (let at = 0; at < 20 && (await focused()) !== 'cell-0'; at++) await page.keyboard.press('Tab');
  assert.is(await focused(), 'cell-0');
  await page.keyboard.press('Enter');
  assert.is(await page.getByRole('dialog').count(), 1);
  await page.keyboard.press('Escape');
  assert.is(await page.getByRole('dialog').count(), 0);
  assert.is(await focused(), 'cell-0');
  assert.equal(wrong, []);
  await page.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the ${colorScheme} page, nor with a cell open`, async () => {
    const { page } = await browser.open(html);
    await page.emulateMedia({ colorScheme });
    const back = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    assert.is(back, colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(15, 19, 24)');
    assert.equal(await violations(page), []);
    await page.locator('button.build-failed').first().click();
    assert.equal(await violations(page), []);
    await page.close();
  });
}

test('What a build says is shown as text, whatever it says', async () => {
  const bad = reportCell({
    ...{ distro: HOSTILE, platform: HOSTILE, verdict: 'build-failed', detail: HOSTILE, marker: HOSTILE },
    ...{ rerun: HOSTILE, log: HOSTILE + 'x'.repeat(1_000_000) },
    materials: [{ kind: 'other', name: HOSTILE }],
    execOps: [{ command: HOSTILE, platform: HOSTILE, foreign: true }],
    graph: {
      nodes: [{ id: 'a', kind: 'exec', label: HOSTILE, platform: HOSTILE, foreign: true }],
      edges: [],
      left: 0,
    },
    policy: { file: HOSTILE, trace: HOSTILE },
  });
  const { page, wrong } = await browser.open(htmlPage(report([bad], { notes: [HOSTILE] }), undefined));
  assert.is(await page.locator('script').count(), 1);
  assert.is(await page.locator('[onmouseover]').count(), 0);
  const cell = page.locator('button.cell');
  await cell.hover();
  await cell.click();
  const log = await page.locator('dialog pre').last().innerText();
  assert.ok(log.includes('<script>alert(1)</script>"onmouseover=alert(2) </script><!-- ]]>'));
  assert.ok(log.includes('\\u{202e}abc'), 'what turns text round is written out');
  assert.equal(wrong, []);
  await page.close();
});

test('The page’s policy lets no other script run', async () => {
  const { page, wrong } = await browser.open(html.replace('</main>', '</main><script>alert(3)</script>'));
  assert.is(wrong.length, 1);
  assert.match(wrong[0] ?? '', /Content Security Policy/);
  await page.close();
});

test('The page’s script is typed', async () => {
  const folder = fileURLToPath(new URL('../../lib/report/page', import.meta.url));
  await runCommand('npx', ['tsc', '-p', folder]);
});

test('junit.xml is well-formed and follows the rules of JUnit’s schema', async () => {
  const hostile = reportCell({ verdict: 'build-failed', distro: HOSTILE, detail: HOSTILE, log: HOSTILE });
  const missed = now.controls.map((control) => ({ ...control, caught: false }));
  const xml = junitXml(report([...cells, hostile], { controls: missed }));
  const { page } = await browser.open(html);
  const read = await page.evaluate<{
    broken: number;
    root: string;
    names: string[];
    totals: string[];
    suites: { said: string; counted: string; cases: string[]; kinds: string[] }[];
  }>(`(() => {
    const document = new DOMParser().parseFromString(${JSON.stringify(xml)}, 'application/xml');
    const all = [...document.querySelectorAll('testsuite')];
    const of = (node, ...names) => names.map((name) => node.getAttribute(name)).join();
    const count = (node, name) => node.querySelectorAll(name).length;
    return {
      broken: count(document, 'parsererror'),
      root: document.documentElement.tagName,
      names: all.map((suite) => suite.getAttribute('name')),
      totals: [of(document.documentElement, 'tests', 'failures', 'errors'),
        ['testcase', 'failure', 'error'].map((name) => count(document, name)).join()],
      suites: all.map((suite) => ({
        said: of(suite, 'tests', 'failures', 'errors'),
        counted: ['testcase', 'failure', 'error'].map((name) => count(suite, name)).join(),
        cases: [...suite.children].map((one) => of(one, 'classname', 'name')),
        kinds: [...suite.querySelectorAll('*')].map((one) => one.parentNode.tagName + '>' + one.tagName),
      })),
    };
  })()`);
  assert.is(read.broken, 0);
  assert.is(read.root, 'testsuites');
  assert.is(read.names.length, 16);
  assert.is(new Set(read.names).size, 16);
  assert.is(read.names.at(-1), 'controls');
  assert.is(read.totals[0], read.totals[1]);
  const allowed = ['testsuite>testcase', 'testcase>failure', 'testcase>error'];
  for (const { said, counted, cases, kinds } of read.suites) {
    assert.is(said, counted);
    assert.is(new Set(cases).size, cases.length, 'no case twice');
    assert.equal(
      kinds.filter((kind) => !allowed.includes(kind)),
      [],
    );
  }
  assert.is(read.suites[3]?.said, '6,0,2', 'a build that failed is an error');
  assert.is(read.suites[5]?.said, '6,3,0', 'what is unproven is a failure');
  assert.is(read.suites.at(-1)?.said, '1,1,0');
  await page.close();
});

test.after(() => browser.close());
test.run();
