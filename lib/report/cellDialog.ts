import { h, type ComponentChild, type ComponentChildren } from 'preact';
import { visible } from '../fault/visible.ts';
import { VERDICTS } from '../proof/verdict.ts';
import { graphSvg, type PlaceGraph } from './graphSvg.ts';
import { commandCounts, programWords } from './installed.ts';
import type { ReportCell } from './schema.ts';

/** A page has many cells; what is longer is in report.json. */
const MATERIALS_MAX = 40;
const COMMANDS_MAX = 30;
const CLAIMS_MAX = 20;

/** What a cell opens whose evidence has no room in the page. */
export function leftOutDialog(id: string): ComponentChild {
  return dialog(id, 'Evidence left out', [
    h('p', null, 'The page has no room for the evidence of every cell: that of this one is in report.json.'),
  ]);
}

/** The evidence of a cell, closed until its button opens it. */
export function cellDialog(
  cell: ReportCell,
  { id, before, place }: { id: string; before: string | undefined; place: PlaceGraph },
): ComponentChild {
  const { distro, path, platform, verdict, detail, marker, expected, base, graph, policy, log } = cell;
  const commands = cell.execOps.slice(0, COMMANDS_MAX);
  const materials = cell.materials.slice(0, MATERIALS_MAX);
  const facts: [string, ComponentChildren][] = [
    ['verdict', `${verdict}: ${VERDICTS[verdict]}`],
    ...(detail === '' ? [] : [['why', plain(detail)] as [string, string]]),
    ...(before === undefined ? [] : [['run before', before] as [string, string]]),
    ['marker', marker === null ? 'none' : code(marker)],
    ['expected', code(expected)],
    [
      'base',
      `${plain(base.ref)} (${base.kind === 'stand-in' ? 'stand-in, no distro content' : (base.kind ?? 'missing')})`,
    ],
    ['marker image', code(cell.markerDigest ?? 'none')],
    ['build time', `${cell.seconds} s`],
    ['run it alone', code(cell.rerun)],
  ];
  return dialog(id, `${distro}, ${path}, ${platform}`, [
    h('dl', null, ...facts.flatMap(([name, value]) => [h('dt', null, name), h('dd', null, value)])),
    part(`Materials (${cell.materials.length})`, [
      h(
        'ul',
        null,
        ...materials.map(({ kind, name, digest, platform: of }) =>
          h(
            'li',
            null,
            `${kind} `,
            code(name),
            ` ${plain(of ?? '')} `,
            h('small', null, plain(digest ?? 'no digest')),
          ),
        ),
      ),
      ...left(cell.materials.length - materials.length),
    ]),
    rootPart(cell),
    part(`Commands that ran (${commandCounts(cell)})`, [
      h(
        'ul',
        null,
        ...commands.map(({ command, platform: of, foreign }) =>
          h('li', null, `${plain(of)}${foreign ? ' (foreign) ' : ' '}`, code(command.slice(0, 400))),
        ),
      ),
      ...left(cell.execOps.length - commands.length),
    ]),
    graph === null
      ? part('Ops', [h('p', null, 'There is no provenance to draw them from.')])
      : part(`Ops (${graph.nodes.length + graph.left})`, [
          ...left(graph.left),
          scrolled(
            'Ops of the build',
            graphSvg(graph, `${graph.nodes.length} ops, from sources to the result`, place),
          ),
        ]),
    policy === undefined
      ? null
      : part('Policy', [
          h('p', null, code(policy.file), policy.line === undefined ? '' : `, line ${policy.line}`),
          scrolled('What the policy did', h('pre', null, plain(policy.trace))),
        ]),
    log === undefined
      ? null
      : part('End of the log', [scrolled('End of the log', h('pre', null, plain(log)))]),
  ]);
}

function dialog(id: string, title: string, content: readonly ComponentChild[]): ComponentChild {
  return h(
    'dialog',
    { id, 'aria-labelledby': `${id}-title` },
    h(
      'header',
      null,
      h('h2', { id: `${id}-title` }, plain(title)),
      h('button', { type: 'button', class: 'close' }, 'Close'),
    ),
    ...content,
  );
}

/** What the worker's root was made from, the lowest first, and what the subject says that it installed there. */
function rootPart(cell: ReportCell): ComponentChild {
  const { root, installed } = cell;
  if (root.length === 0 && installed === null) return null;
  const from = root.map(({ path, name, platform: of, digest }) =>
    h(
      'li',
      null,
      code(path),
      ' from ',
      code(name),
      ` ${plain(of ?? '')} `,
      h('small', null, plain(digest ?? 'no digest')),
    ),
  );
  const program = programWords(cell);
  const claims = Object.entries(installed ?? {}).slice(0, CLAIMS_MAX);
  return part('Root of the worker', [
    ...(from.length === 0 ? [] : [h('ol', null, ...from.slice(0, MATERIALS_MAX))]),
    ...left(from.length - MATERIALS_MAX),
    ...(claims.length === 0
      ? []
      : [
          h('p', null, 'It says that it installed:'),
          h(
            'dl',
            null,
            ...claims.flatMap(([name, value]) => [h('dt', null, plain(name)), h('dd', null, code(value))]),
          ),
        ]),
    ...(program === undefined ? [] : [h('p', null, 'Its program ', plain(program))]),
  ]);
}

function part(title: string, content: ComponentChildren[]): ComponentChild {
  return h('section', null, h('h3', null, title), ...content);
}

/** What scrolls has to be reached by keyboard. */
function scrolled(label: string, content: ComponentChild): ComponentChild {
  return h('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': label }, content);
}

function left(count: number): ComponentChild[] {
  return count > 0 ? [h('p', null, `${count} more are left out here.`)] : [];
}

function code(text: string): ComponentChild {
  return h('code', null, plain(text));
}

/** Without what turns text round or cannot be seen. Escaping is the renderer's. */
function plain(text: string): string {
  return visible(text);
}
