import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { annotations, quiet } from '../../lib/report/annotations.ts';
import { FORMATS } from '../../lib/report/formats.ts';
import type { Report } from '../../lib/report/schema.ts';
import { report, reportCell } from './report.ts';

/** What a name, a log or a file of a subject may hold that something which reads a report could obey. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "' autofocus onfocus='alert(1)",
  '<!-- --><![CDATA[ ]]> &amp; &#60;script&#62;',
  '</title></style></textarea></dialog>',
  'javascript:alert(1)',
  '\n::error file=a,line=1::forged\n  ::add-mask::x\n##[error]forged',
  '\r\n| forged | row |\n|---|---|\n# forged',
  '`````\n</details>\n[a](javascript:b) ![c](http://d)',
  '\u001b]0;title\u0007\u001b[2J\u001b]52;c;aGk=\u001b\\\u009b1A\u0000\u0008',
  '\u202Eabc\u2066\u200B\uFEFF\u2028\u2029',
  '$(touch /tmp/x) `touch /tmp/x` ; touch /tmp/x && {{7*7}} ${7*7} %0A%0D',
].join(' ');

/** The report of a run in which every text that is not this program's own is hostile. */
function hostileReport(): Report {
  const cell = reportCell({
    distro: `a ${HOSTILE}`,
    platform: `linux/${HOSTILE}`,
    verdict: 'build-failed',
    detail: HOSTILE,
    marker: HOSTILE,
    expected: HOSTILE,
    base: { ref: HOSTILE, kind: 'stand-in', digest: HOSTILE },
    markerDigest: HOSTILE,
    execOps: [{ command: HOSTILE, platform: HOSTILE, foreign: true }],
    materials: [{ kind: 'image', name: HOSTILE, digest: HOSTILE, platform: HOSTILE }],
    installed: { package: HOSTILE, version: HOSTILE, architecture: HOSTILE, [HOSTILE]: HOSTILE },
    graph: {
      nodes: [{ id: 'step0', kind: 'exec', label: HOSTILE, platform: HOSTILE, foreign: true }],
      edges: [],
      left: 0,
    },
    policy: { file: HOSTILE, line: 1, trace: HOSTILE },
    log: HOSTILE,
    rerun: HOSTILE,
  });
  const whole = report([cell, { ...cell, distro: `b ${HOSTILE}`, path: 'base-context' }], {
    subject: HOSTILE,
    notes: [HOSTILE],
  });
  const controls = whole.controls.map((control) => ({
    ...control,
    distro: HOSTILE,
    platform: HOSTILE,
    detail: HOSTILE,
    caught: false,
  }));
  const { builder } = whole;
  const versions = { buildx: HOSTILE, buildkit: HOSTILE };
  return { ...whole, controls, builder: { ...builder, name: HOSTILE, unsealedBecause: HOSTILE, versions } };
}

const rendered = (file: string): string => {
  const format = FORMATS.find((one) => one.file === file);
  if (format === undefined) throw new Error(`there is no ${file}`);
  return format.render(hostileReport(), hostileReport());
};

/** What a terminal obeys, what hides or turns text round, and what XML cannot hold. */
const UNSAFE = /[^\P{C}\n\t]/u;

test('The page has the tags of its own text and no other, and nothing that a reader cannot see', () => {
  const page = rendered('report.html');
  const plain = FORMATS.find(({ file }) => file === 'report.html')?.render(
    report([reportCell(), reportCell()]),
    undefined,
  );
  const scripts = (text = '') => text.match(/<\/?(script|style|img|iframe|object|link|base|textarea)\b/gi);
  assert.equal(scripts(page), scripts(plain));
  for (const [, tag = ''] of page.replace(/<script>[^]*?<\/script>/, '').matchAll(/<([a-z][^<>]*)>/g))
    assert.not.match(tag.replace(/"[^"]*"/g, '""'), /\bon\w+\s*=|javascript:/i, tag);
  // What the filters compare stands in attributes as it is, and is not shown.
  const shown = page.replace(/ (?:value|data-\w+)="[^"]*"/g, '');
  assert.ok(shown.length < page.length);
  assert.not.match(shown, UNSAFE);
});

test('JUnit XML stays well-formed: no tag, section or character in it is another’s', () => {
  const xml = rendered('junit.xml');
  assert.not.match(xml, UNSAFE);
  let depth = 0;
  const names = new Set<string>();
  const rest = xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(/<!\[CDATA\[[^]*?\]\]>/g, '')
    .replace(/<(\/?)([A-Za-z]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g, (_, end, name: string, __, empty) => {
      names.add(name);
      depth += end === '/' ? -1 : empty === '/' ? 0 : 1;
      assert.ok(depth >= 0);
      return '';
    });
  assert.is(depth, 0);
  assert.not.match(rest, /[<>]/);
  for (const name of names) assert.match(name, /^(testsuites|testsuite|testcase|failure|error)$/);
});

test('Markdown has no tag, link, row, heading or fence that is another’s', () => {
  const made = rendered('report.md');
  assert.not.match(made, UNSAFE);
  const outside = made.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '');
  assert.not.match(outside, /<(?!br>)/);
  assert.not.match(outside, /\]\(/);
  assert.not.match(outside, /`/);
  for (const line of outside.split('\n')) {
    assert.not.match(line, /^#+ forged/);
    assert.not.match(line, /^\s*(::|##\[)/);
  }
  const rows = outside.split('\n').filter((line) => line.startsWith('|'));
  const columns = (row: string) => row.split('|').length;
  const [head = '', ruler, ...body] = rows.slice(0, 4);
  assert.is(body.length, 2, 'a row for each distro');
  for (const row of [ruler ?? '', ...body]) assert.is(columns(row), columns(head));
});

test('Annotations are commands of ours, one a line', () => {
  const lines = annotations(hostileReport(), () => ({ file: HOSTILE, line: 1 }));
  assert.is(lines.length, 3);
  for (const line of lines) {
    assert.match(line, /^::error file=[^:,\r\n]*,line=1,title=[^:,\r\n]*::[^\r\n]*$/);
    assert.not.match(line.replaceAll('\t', ''), /[\u0000-\u001f]/); // eslint-disable-line no-control-regex
  }
});

test('What is printed in a line has no line of its own and nothing that a terminal obeys', () => {
  const [, ...more] = quiet(HOSTILE).split('\n');
  for (const line of more) assert.match(line, /^ {2}\| /);
  assert.not.match(quiet(HOSTILE), UNSAFE);
});

test('report.json is read back as it was, and a terminal that shows it obeys nothing', () => {
  const text = rendered('report.json');
  assert.equal(JSON.parse(text), JSON.parse(JSON.stringify(hostileReport())));
  assert.not.match(text, UNSAFE);
});

test.run();
