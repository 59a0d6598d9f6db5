import { chalk } from 'zx';
import type { Diagnosis } from '../doctor/examine.ts';
import type { Standing } from '../doctor/finding.ts';
import { visible } from '../fault/visible.ts';

const MARKS: Readonly<Record<Standing, string>> = { good: '✓', limited: '!', missing: '✗' };
const COLOURS = { good: chalk.green, limited: chalk.yellow, missing: chalk.red } as const;

/** A diagnosis for a person: a line for each thing, below it what to do about what it lacks, and a closing line. */
export function formatDiagnosis({ canVerify, builder, findings }: Diagnosis): string {
  const lines = findings.flatMap(({ topic, standing, text, fix }) => [
    `${COLOURS[standing](MARKS[standing])} ${topic}: ${visible(text).replaceAll('\n', '\n    ')}`,
    ...(fix === undefined ? [] : [`    ${chalk.dim(visible(fix))}`]),
  ]);
  const lacks = findings.filter(({ standing }) => standing === 'missing').map(({ topic }) => topic);
  const closing = canVerify
    ? chalk.green(`this machine can verify${builder === undefined ? '' : `, with ${builder}`}`)
    : chalk.red(`this machine cannot verify: ${lacks.join(', ')}`);
  return [...lines, closing].join('\n');
}
