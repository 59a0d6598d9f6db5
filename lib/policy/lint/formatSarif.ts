import type { Edit } from '../problem.ts';
import { positionAt } from '../textPlace.ts';
import { LINT_RULES } from './checks.ts';
import type { Finding } from './lint.ts';

/** Findings as SARIF 2.1.0, with all lint rules and the corrections that can be made. */
export function formatSarif(findings: readonly Finding[]): string {
  const ids = [...LINT_RULES.keys()];
  const rules = [...LINT_RULES.values()].map(({ id, severity, documentation }) => ({
    id,
    shortDescription: { text: documentation },
    help: { text: documentation },
    defaultConfiguration: { level: severity },
  }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'platform-marker', rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, ids.indexOf(finding.rule))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: Finding, ruleIndex: number) {
  const { rule, severity, message, next, fix } = finding;
  const artifactLocation = { uri: uriOf(finding.file) };
  return {
    ruleId: rule,
    ruleIndex,
    level: severity,
    message: { text: next === undefined ? message : `${message}\n${next}` },
    locations: [{ physicalLocation: { artifactLocation, region: regionOf(finding, finding) } }],
    ...(fix === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: fix.title },
              artifactChanges: [
                { artifactLocation, replacements: fix.edits.map((edit) => replacementOf(finding, edit)) },
              ],
            },
          ],
        }),
  };
}

function replacementOf(finding: Finding, edit: Edit) {
  return { deletedRegion: regionOf(finding, edit), insertedContent: { text: edit.text } };
}

function regionOf({ lines }: Finding, { offset, length }: { offset: number; length: number }) {
  const start = positionAt(lines, offset);
  const end = positionAt(lines, offset + length);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A path as a relative URI reference (SARIF 2.1.0, 3.4.3). */
function uriOf(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join('/');
}
