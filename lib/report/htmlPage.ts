import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { h, type ComponentChild } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { visible } from '../fault/visible.ts';
import { PATHS } from '../proof/verdict.ts';
import { byDistro } from './byDistro.ts';
import { cellDialog, leftOutDialog } from './cellDialog.ts';
import { cellKey, changedSince } from './compare.ts';
import { graphPlacer } from './graphSvg.ts';
import type { Report, ReportCell } from './schema.ts';
import { builderLine, closingLine } from './summary.ts';

/** A page with the evidence of more cells than this opens slowly or not at all; all of it is in report.json. */
const EVIDENCE_MAX = 2_000;
/** The dialog of every cell whose evidence has no room. */
const LEFT_OUT = 'cell-left-out';

/** The report as one page that needs nothing else. `previous` is the run before, to compare with. */
export function htmlPage(report: Report, previous: Report | undefined): string {
  const style = readFileSync(new URL('page/page.css', import.meta.url), 'utf8');
  const script = readFileSync(new URL('page/page.js', import.meta.url), 'utf8');
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const changed = changedSince(previous, report);
  const shown = withEvidence(report.cells, changed);
  const ids = new Map(report.cells.map((cell, at) => [cell, shown.has(cell) ? `cell-${at}` : LEFT_OUT]));
  const place = graphPlacer();
  const page = h(
    'html',
    { lang: 'en' },
    h(
      'head',
      null,
      h('meta', { charset: 'utf-8' }),
      h('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('title', null, `platform-marker: ${report.verified ? 'verified' : 'not verified'}`),
      h('style', { dangerouslySetInnerHTML: { __html: style } }),
    ),
    h(
      'body',
      null,
      h(
        'main',
        null,
        h('h1', null, report.verified ? 'Verified' : 'Not verified'),
        h('p', null, visible(closingLine(report))),
        h('p', { class: 'quiet' }, visible(builtBy(report))),
        h('p', null, comparison(report, previous, changed)),
        filters(report, previous !== undefined),
        heatMap(report, ids, changed),
        controls(report),
        report.notes.length === 0
          ? null
          : h(
              'section',
              null,
              h('h2', null, 'Notes'),
              h('ul', null, ...report.notes.map((note) => h('li', null, visible(note)))),
            ),
        ...report.cells
          .filter((cell) => shown.has(cell))
          .map((cell) => cellDialog(cell, { id: ids.get(cell) ?? '', before: changed(cell), place })),
        shown.size === report.cells.length ? null : leftOutDialog(LEFT_OUT),
      ),
      h('script', { dangerouslySetInnerHTML: { __html: script } }),
    ),
  );
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/** What fell short has room first, then what changed since the run before, then the others. */
function withEvidence(
  cells: readonly ReportCell[],
  changed: (cell: ReportCell) => string | undefined,
): ReadonlySet<ReportCell> {
  if (cells.length <= EVIDENCE_MAX) return new Set(cells);
  const rank = (cell: ReportCell) => (cell.verdict !== 'pass' ? 0 : changed(cell) !== undefined ? 1 : 2);
  const ranked = cells.map((cell) => ({ cell, rank: rank(cell) })).sort((a, b) => a.rank - b.rank);
  return new Set(ranked.slice(0, EVIDENCE_MAX).map(({ cell }) => cell));
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function builtBy(report: Report): string {
  const { subject, builder, startedAt, seconds, tool } = report;
  return `Subject ${subject}, on ${builderLine(report)}; on ${builder.platform}, ${moment(startedAt)}, ${seconds} s, platform-marker ${tool.version}`;
}

/** `2026-11-26 04:17 UTC`; what is no time is left as it is. */
function moment(time: string): string {
  return time.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?Z$/, '$1 $2 UTC');
}

function comparison(
  report: Report,
  previous: Report | undefined,
  changed: (cell: ReportCell) => string | undefined,
): string {
  if (previous === undefined) return 'There is no earlier run to compare with.';
  const count = report.cells.filter((cell) => changed(cell) !== undefined).length;
  const now = new Set(report.cells.map(cellKey));
  const gone = previous.cells.filter((cell) => !now.has(cellKey(cell))).length;
  const left = gone === 0 ? '' : ` ${gone} of its cells were not asked for this time.`;
  return `${count} of ${report.cells.length} cells changed since the run of ${visible(moment(previous.startedAt))}.${left}`;
}

function filters({ cells }: Report, compared: boolean): ComponentChild {
  const choice = (name: 'verdict' | 'distro' | 'path' | 'platform') =>
    h(
      'label',
      null,
      `${name} `,
      h(
        'select',
        { name },
        h('option', { value: '' }, 'all'),
        ...[...new Set(cells.map((cell) => cell[name]))].map((value) =>
          h('option', { value }, visible(value)),
        ),
      ),
    );
  return h(
    'form',
    { class: 'filters', 'aria-label': 'Filters' },
    ...(['verdict', 'distro', 'path', 'platform'] as const).map(choice),
    h('label', null, 'text ', h('input', { type: 'search', name: 'text' })),
    compared
      ? h('label', null, h('input', { type: 'checkbox', name: 'changed' }), ' only what changed')
      : null,
    h('button', { type: 'reset' }, 'Reset'),
    h('output', { 'aria-live': 'polite' }, `${cells.length} of ${cells.length} cells`),
  );
}

function heatMap(
  { cells }: Report,
  ids: ReadonlyMap<ReportCell, string>,
  changed: (cell: ReportCell) => string | undefined,
): ComponentChild {
  const columns = PATHS.flatMap((path) => {
    const platforms = [
      ...new Set(cells.filter((cell) => cell.path === path).map(({ platform }) => platform)),
    ];
    return platforms.length === 0 ? [] : [{ path, platforms }];
  });
  const row = ([distro, own]: [string, ReportCell[]]) => {
    const kind = own[0]?.base.kind ?? 'missing';
    return h(
      'tr',
      null,
      h(
        'th',
        { scope: 'row' },
        visible(distro),
        h('small', null, kind === 'stand-in' ? 'stand-in, no distro content' : kind),
      ),
      ...columns.flatMap(({ path, platforms }) =>
        platforms.map((platform) => {
          const cell = own.find((one) => one.path === path && one.platform === platform);
          return h('td', null, cell === undefined ? null : button(cell, ids.get(cell) ?? '', changed(cell)));
        }),
      ),
    );
  };
  return h(
    'div',
    { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Verdicts' },
    h(
      'table',
      { class: 'map' },
      h('caption', null, 'Verdicts by distro, path and platform. A cell opens to its evidence.'),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col', rowSpan: 2 }, 'distro'),
          ...columns.map(({ path, platforms }) =>
            h('th', { scope: 'colgroup', colSpan: platforms.length }, path),
          ),
        ),
        h(
          'tr',
          null,
          ...columns.flatMap(({ platforms }) =>
            platforms.map((platform) => h('th', { scope: 'col' }, visible(platform.replace(/^linux\//, '')))),
          ),
        ),
      ),
      h('tbody', null, ...[...byDistro(cells)].map(row)),
    ),
  );
}

function button(cell: ReportCell, id: string, before: string | undefined): ComponentChild {
  const { distro, path, platform, verdict, detail } = cell;
  const text = visible(`${verdict} ${distro} ${path} ${platform} ${detail}`).toLowerCase();
  return h(
    'button',
    {
      ...{ type: 'button', class: `cell ${verdict}`, 'aria-haspopup': 'dialog' },
      ...{ 'data-opens': id, 'data-verdict': verdict, 'data-distro': distro, 'data-path': path },
      ...{ 'data-platform': platform, 'data-text': text.slice(0, 2_000) },
      ...(before === undefined ? {} : { 'data-changed': before }),
    },
    h('span', { class: 'hidden' }, visible(`${distro} ${path} ${platform}: `)),
    verdict,
    before === undefined ? null : h('small', null, before === 'new' ? 'new' : `was ${before}`),
  );
}

function controls({ controls: all }: Report): ComponentChild {
  const caught = all.filter((control) => control.caught).length;
  const rows = all.map((one) =>
    h(
      'tr',
      null,
      h('th', { scope: 'row' }, one.name, h('small', null, one.breaks)),
      ...[one.distro, one.path, one.platform, one.expected, one.verdict].map((text) =>
        h('td', null, visible(text)),
      ),
      h('td', null, one.caught ? 'caught' : h('strong', null, 'not caught')),
    ),
  );
  return h(
    'details',
    { open: caught !== all.length },
    h('summary', null, `Controls: ${caught} of ${all.length} caught`),
    h(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'Controls' },
      h(
        'table',
        null,
        h('caption', null, 'Cells broken on purpose, which must not pass'),
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            ...['control', 'distro', 'path', 'platform', 'expected', 'verdict', 'outcome'].map((name) =>
              h('th', { scope: 'col' }, name),
            ),
          ),
        ),
        h('tbody', null, ...rows),
      ),
    ),
  );
}
