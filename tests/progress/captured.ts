import { readFile } from 'node:fs/promises';
import { readSolveStatus, type SolveStatus } from '../../lib/progress/solveStatus.ts';

/**
 * What buildx 0.29.1 printed on its standard error for a bake with `--progress=rawjson`: `probes`, a probe of a distro and
 * one of a control; `marker`, a single target; `failed`, two targets of which one's command fails.
 */
export type Captured = 'probes' | 'marker' | 'failed';

/** Its lines, each with what it was read as. */
export async function captured(name: Captured): Promise<{ line: string; status: SolveStatus | undefined }[]> {
  const file = new URL(`../fixtures/progress/${name}.jsonl`, import.meta.url);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => ({ line, status: readSolveStatus(line) }));
}

/** The statuses alone. */
export async function statuses(name: Captured): Promise<SolveStatus[]> {
  return (await captured(name)).flatMap(({ status }) => status ?? []);
}
