import { rm } from 'node:fs/promises';
import { PLACES, PLATFORM } from './bigLayout.ts';
import { measure, type Cost, type Pipeline } from './measure.ts';
import type { Peer } from './peers.ts';
import { oursInOneProcess, secondsInProcess, type Reached, type Reader } from './readers.ts';
import { holdAgainstFirst, type Row } from './rows.ts';
import { median } from './statistics.ts';

/** What is compared, and how often. */
export interface Runs {
  layout: Reached;
  /** What the big layer unpacks to, for people. */
  layer: string;
  pairs: number;
  signal: AbortSignal;
}

/** Reads the file at one place with every tool, turn by turn, so that whatever slows the machine slows all of them. */
export async function compareTools(
  readers: readonly Reader[],
  file: keyof typeof PLACES,
  { layout, layer, pairs, signal }: Runs,
): Promise<Row[]> {
  const rows = readers.map(({ name, shown, missing }): Row => {
    const row = { layer, file, tool: name, command: shown, seconds: [], work: [] };
    return missing === undefined ? row : { ...row, missing };
  });
  for (let pair = 0; pair < pairs; pair++) {
    for (const [i, { pipelines, start, work, missing }] of readers.entries()) {
      const row = rows[i];
      if (row === undefined || missing !== undefined) continue;
      const nothing = await measure(start, signal);
      const cost = await measureReading(pipelines(layout, PLACES[file]), signal);
      await rm(layout.scratch, { recursive: true, force: true });
      row.seconds.push(cost.seconds);
      row.work.push(work?.(cost) ?? cost.seconds - nothing.seconds);
      row.peakBytes = Math.max(cost.peakBytes ?? 0, row.peakBytes ?? 0);
    }
  }
  holdAgainstFirst(rows);
  return rows;
}

/** For one figure: readings in one process, as many as a large run has cells, and runs of a program. */
const READINGS = 1000;
const RUNS = 100;

/**
 * What one more file costs in a process that has read some, in a layout that is open and in one that is not, against
 * regctl's own work on the same file.
 */
export async function compareFurther(
  { program, missing }: Peer,
  { layout, layer, pairs, signal }: Runs,
): Promise<Row[]> {
  const file = 'in a layer of its own on top';
  const path = PLACES[file];
  const read = ['image', 'get-file', '--platform', PLATFORM, `ocidir://${layout.dir}:latest`, path];
  const row = (tool: string, command: string): Row => ({ layer, file, tool, command, seconds: [], work: [] });
  const finding = row('ours, one more file of an open layout', 'findFile');
  const opening = row('ours, one more layout', 'openLayout, listImages, findFile');
  const theirs = row('regctl, less its start', 'regctl image get-file, less regctl version');
  if (missing !== undefined) theirs.missing = missing;
  for (let pair = 0; pair < pairs; pair++) {
    const { stderr } = await measureReading([oursInOneProcess(layout.dir, path, READINGS)], signal);
    const ours = secondsInProcess(stderr);
    finding.work.push(ours.finding);
    opening.work.push(ours.opening + ours.finding);
    if (missing !== undefined) continue;
    const differences: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const { seconds: nothing } = await measure([{ command: [program, 'version'] }], signal);
      const { seconds } = await measureReading([{ command: [program, ...read] }], signal);
      differences.push(seconds - nothing);
    }
    theirs.work.push(median(differences));
  }
  const rows = [finding, opening, theirs];
  holdAgainstFirst(rows);
  return rows;
}

/** Measures a reading, and holds what was read against what is there. */
async function measureReading(pipelines: readonly Pipeline[], signal: AbortSignal): Promise<Cost> {
  const cost = await measure(pipelines, signal);
  if (cost.stdout === PLATFORM) return cost;
  const commands = pipelines.map(({ command }) => command.join(' ')).join('; ');
  throw new Error(`${commands} read ${JSON.stringify(cost.stdout)}`);
}
