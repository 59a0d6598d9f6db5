import { visible } from '../../fault/visible.ts';
import type { Finding } from './lint.ts';

/**
 * Findings as GitHub Actions workflow commands, one a line: they become annotations in the diff. GitHub shows ten of a
 * step, so errors come first.
 */
export function formatGithub(findings: readonly Finding[]): string {
  const errorsFirst = [...findings].sort((a, b) => a.severity.localeCompare(b.severity));
  return errorsFirst.map((finding) => `${formatCommand(finding)}\n`).join('');
}

function formatCommand({
  severity,
  file,
  line,
  column,
  endLine,
  endColumn,
  rule,
  message,
  next,
}: Finding): string {
  // GitHub takes columns for a single line alone.
  const columns = line === endLine ? { col: `${column}`, endColumn: `${endColumn}` } : {};
  const properties = { file, line: `${line}`, endLine: `${endLine}`, ...columns, title: rule };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  const body = next === undefined ? message : `${message}\n${next}`;
  return `::${severity} ${written.join(',')}::${escapeData(body)}`;
}

function escapeData(text: string): string {
  return visible(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
