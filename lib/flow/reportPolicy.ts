import { Fault } from '../fault/fault.ts';
import { explain, type Explanation } from '../policy/explain.ts';
import { formatExplanation } from '../policy/formatExplanation.ts';
import { redactText } from '../proof/redact.ts';
import type { ReportPolicy } from '../report/schema.ts';
import type { Path } from '../proof/verdict.ts';
import type { CheckedCell } from './checkRun.ts';

/** Every cell has a trace; more than this nobody reads in a page. */
const SOURCES_MAX = 6;
const CHARACTERS_MAX = 4_000;

/** What the policy of a cell did with the sources of its build. Nothing for a cell that was built under none. */
export function reportPolicy(
  { steps, policies }: Pick<CheckedCell, 'steps' | 'policies'>,
  distro: string,
  path: Path,
): { policy?: ReportPolicy } {
  if (path !== 'source-policy') return {};
  const file = `policies/${distro}.json`;
  const named = policies.map((policy) => ({ ...policy, file }));
  const sources = new Map(
    steps.flatMap(({ op }) => (op.kind === 'source' ? [[op.identifier, op.attrs] as const] : [])),
  );
  const explained = [...sources].slice(0, SOURCES_MAX).map(([asked, attrs]) => {
    try {
      const explanation = explain({ asked, files: named, attrs: new Map(Object.entries(attrs)) });
      return { line: lineOf(explanation), text: formatExplanation(explanation) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { line: undefined, text: `${asked}\n${error.message}\n` };
    }
  });
  const line = explained.find((one) => one.line !== undefined)?.line;
  const left = sources.size - explained.length;
  const more = left > 0 ? `\n${left} more sources\n` : '';
  const text = redactText(explained.map((one) => one.text).join('\n') + more);
  const trace = text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}…` : text;
  return { policy: { file, ...(line === undefined ? {} : { line }), trace } };
}

/** The line of the first rule that matched. */
function lineOf({ looks }: Explanation): number | undefined {
  return looks
    .flatMap(({ passes }) => passes)
    .flatMap(({ rules }) => rules)
    .find(({ result }) => result === 'matches')?.line;
}
