import type { BakeWorker } from '../bake/bakeData.ts';
import { isControl } from './controls.ts';
import type { BuildOutcome } from './runRecord.ts';

/** So many cells of a subject that came to the limit, and none that ended before it, speak for all of their distros. */
export const HANGS_MAX = 8;

/** What is known of each subject's hangs. */
export interface Hangs {
  /** Takes note of what one build came to: a single cell, or several. */
  note: (built: readonly { worker: BakeWorker; outcome: BuildOutcome }[]) => void;
  /** Whether a worker's build would only be waited for. */
  hopeless: (worker: BakeWorker) => boolean;
}

/** Counts the hangs of a run, none of which it has seen yet. */
export function countHangs(): Hangs {
  const hung = new Map<string, number>();
  const ended = new Set<string>();
  return {
    note: (built) => {
      const isCell = built.length === 1;
      for (const { worker, outcome } of built) {
        if (outcome.ok || !outcome.timedOut) ended.add(subjectOf(worker));
        else if (isCell)
          for (const key of [subjectOf(worker), distroOf(worker)]) hung.set(key, (hung.get(key) ?? 0) + 1);
      }
    },
    hopeless: (worker) =>
      !ended.has(subjectOf(worker)) &&
      (hung.get(subjectOf(worker)) ?? 0) >= HANGS_MAX &&
      hung.has(distroOf(worker)),
  };
}

/** First one cell of each distro, and of each subject so many as it takes to call it hopeless; then the others. */
export function inWaves<Cell>(
  cells: readonly Cell[],
  workerOf: (cell: Cell) => BakeWorker | undefined,
): [first: Cell[], rest: Cell[]] {
  const started = new Map<string, number>();
  const first: Cell[] = [];
  const rest: Cell[] = [];
  for (const cell of cells) {
    const worker = workerOf(cell);
    if (worker === undefined) continue;
    const [subject, distro] = [subjectOf(worker), distroOf(worker)];
    const isFirst = !started.has(distro) || (started.get(subject) ?? 0) < HANGS_MAX;
    for (const key of [subject, distro]) started.set(key, (started.get(key) ?? 0) + 1);
    (isFirst ? first : rest).push(cell);
  }
  return [first, rest];
}

/** Workers of one subject have its build file, whatever the distro. Controls are a subject of their own. */
function subjectOf(worker: BakeWorker): string {
  return isControl(worker) ? 'control' : worker.dockerfile;
}

/** A Dockerfile is told the distro's base; of a frontend, each distro's build file has a folder of its own. */
function distroOf(worker: BakeWorker): string {
  return JSON.stringify([subjectOf(worker), worker.context, worker.args['BASE'] ?? '']);
}
