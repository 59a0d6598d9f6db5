import { countFindings } from './countFindings.ts';
import type { Finding } from './lint.ts';

/** Findings for other programs: `{"errors", "warnings", "fixable", "findings": […]}`, offsets in UTF-16 units. */
export function formatJson(findings: readonly Finding[]): string {
  const plain = findings.map((finding) => ({
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    next: finding.next,
    documentation: finding.documentation,
    file: finding.file,
    line: finding.line,
    column: finding.column,
    endLine: finding.endLine,
    endColumn: finding.endColumn,
    fix: finding.fix,
  }));
  return `${JSON.stringify({ ...countFindings(findings), findings: plain }, null, 2)}\n`;
}
