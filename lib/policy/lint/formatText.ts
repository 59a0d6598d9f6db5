import { spellOption } from '../../fault/spelling.ts';
import { visible } from '../../fault/visible.ts';
import { drawPlace } from '../drawPlace.ts';
import type { Finding } from './lint.ts';
import { countFindings } from './countFindings.ts';

/** Findings for a terminal: each with its place drawn, the next thing to do and the line of documentation. */
export function formatText(findings: readonly Finding[]): string {
  const { errors, warnings, fixable } = countFindings(findings);
  if (findings.length === 0) return 'nothing to complain about\n';
  const hint = fixable > 0 ? `; ${spellOption('FIX', true)} mends ${fixable}` : '';
  const summary = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}${hint}`;
  return `${findings.map(formatFinding).join('\n')}\n${summary}\n`;
}

function formatFinding(finding: Finding): string {
  const { file, line, column, severity, message, rule, next, documentation, lines, offset, length } = finding;
  return [
    visible(`${file}:${line}:${column}: ${severity}: ${message}`),
    ...(lines.text === '' ? [] : [indented(drawPlace(lines, offset, length))]),
    ...(next === undefined ? [] : [indented(visible(next))]),
    indented(`[${rule}] ${documentation}`),
    '',
  ].join('\n');
}

function indented(text: string): string {
  return text.replace(/^/gm, '  ');
}

function plural(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
