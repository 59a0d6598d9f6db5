import { markdownTable } from 'markdown-table';
import { visible } from '../fault/visible.ts';
import { PATHS } from '../proof/verdict.ts';
import { byDistro } from './byDistro.ts';
import { commandCounts, installedWords, programWords, unconfiguredWords } from './installed.ts';
import type { Report, ReportCell } from './schema.ts';
import { builderLine, closingLine, subjectLine } from './summary.ts';

/** What GitHub takes as the summary of one step, in bytes. */
export const SUMMARY_MAX = 1024 * 1024;
/** Room for the word about what was cut. */
const RESERVED = 200;

/**
 * The report as Markdown of at most `limit` bytes of UTF-8. It is made of blocks that each stand by themselves, so that
 * a cut leaves no table or fence open; what has no room is counted.
 */
export function markdown(report: Report, limit = SUMMARY_MAX): string {
  const blocks = [
    `## platform-marker: ${report.verified ? 'verified' : 'not verified'}\n\n${text(closingLine(report))}\n\nSubject: ${text(subjectLine(report))}\n\nBuilder: ${text(builderLine(report))}\n`,
    `${matrix(report)}\n`,
    ...report.cells.filter(({ verdict }) => verdict !== 'pass').map(evidence),
    ...report.controls
      .filter(({ caught }) => !caught)
      .map(
        ({ name, distro, path, platform, expected, verdict, detail }) =>
          `### ${text(`control not caught: ${name} ${distro} ${path} ${platform}`)}\n\n${text(`expected ${expected}, got ${verdict}: ${detail}`)}\n`,
      ),
    ...installs(report),
    ...report.notes.map((note) => `- ${text(note)}\n`),
  ];
  let made = '';
  let size = 0;
  let left = 0;
  for (const block of blocks) {
    const bytes = Buffer.byteLength(block) + 1;
    if (left > 0 || size + bytes > limit - RESERVED) left += 1;
    else {
      made += `${block}\n`;
      size += bytes;
    }
  }
  const cut = `_Cut here to stay below ${limit} bytes: ${left} parts left out. report.html has all._\n`;
  if (left === 0) return made;
  return size + Buffer.byteLength(cut) <= limit ? made + cut : '';
}

function matrix({ cells }: Report): string {
  const paths = PATHS.filter((path) => cells.some((cell) => cell.path === path));
  const rows = [...byDistro(cells)].map(([distro, own]) => {
    const kind = own[0]?.base.kind ?? 'none';
    return [distro, kind === 'stand-in' ? 'stand-in (no distro content)' : kind]
      .map(text)
      .concat(paths.map((path) => verdictsOf(own.filter((cell) => cell.path === path))));
  });
  return markdownTable([['distro', 'base', ...paths], ...rows], { alignDelimiters: false, padding: true });
}

/** A table of what was installed into the workers, where anything was. */
function installs({ cells }: Report): string[] {
  const rows = cells.flatMap((cell) => {
    const installed = installedWords(cell);
    if (installed === undefined) return [];
    const words = [installed, unconfiguredWords(cell) ?? '', programWords(cell) ?? '', commandCounts(cell)];
    return [[`${cell.distro} ${cell.path} ${cell.platform}`, ...words].map(text)];
  });
  if (rows.length === 0) return [];
  const head = ['worker', 'installed', 'not configured', 'program', 'commands'];
  return [`### Installed\n\n${markdownTable([head, ...rows], { alignDelimiters: false, padding: false })}\n`];
}

function verdictsOf(cells: readonly ReportCell[]): string {
  const of = ({ verdict, platform }: ReportCell) =>
    verdict === 'pass' ? text(`${verdict} ${platform}`) : `**${text(verdict)}** ${text(platform)}`;
  return cells.map(of).join('<br>');
}

function evidence({ distro, path, platform, verdict, detail, rerun, log }: ReportCell): string {
  const shown = [
    `### ${text(`${verdict}: ${distro} ${path} ${platform}`)}`,
    text(detail),
    fenced(rerun),
    ...(log === undefined ? [] : [fenced(log)]),
  ];
  return `${shown.join('\n\n')}\n`;
}

/** A fence longer than any run of backticks in it. */
function fenced(content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${visible(content)}\n${fence}`;
}

/** A text of others in a line of Markdown: nothing in it is markup. */
function text(content: string): string {
  return visible(content)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>()#+!|~&@:]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
