import { rm } from 'node:fs/promises';
import { measure, type Cost, type Pipeline } from '../measure.ts';
import { ratiosTo, type Row } from '../row.ts';
import { median } from '../statistics.ts';
import { PLACES, PLATFORM } from './bigLayout.ts';
import type { Peer } from './peers.ts';
import { oursInOneProcess, secondsInProcess, type Reached, type Reader } from './readers.ts';

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
    const what = `one file, ${file}, of a ${layer} layout`;
    const row: Row = { part: 'layouts', what, by: name, command: shown, seconds: [] };
    return missing === undefined ? row : { ...row, missing };
  });
  for (let pair = 0; pair < pairs; pair++) {
    for (const [i, { pipelines, missing }] of readers.entries()) {
      const row = rows[i];
      if (row === undefined || missing !== undefined) continue;
      const cost = await measureReading(pipelines(layout, PLACES[file]), signal);
      await rm(layout.scratch, { recursive: true, force: true });
      row.seconds.push(cost.seconds);
      row.peakBytes = Math.max(cost.peakBytes ?? 0, row.peakBytes ?? 0);
    }
  }
  return heldAgainstFirst(rows, 'ours');
}

/** For one figure: readings in one process, as many as a large run has cells, and runs of a program. */
const READINGS = 1000;
const RUNS = 100;

/**
 * What one more file costs in a process that has read some, in a layout that is open and in one that is not, against
 * regctl's own work on the same file: what its program takes less what it takes with nothing to do.
 */
export async function compareFurther(
  { program, missing }: Peer,
  { layout, layer, pairs, signal }: Runs,
): Promise<Row[]> {
  const file = 'in a layer of its own on top';
  const path = PLACES[file];
  const read = ['image', 'get-file', '--platform', PLATFORM, `ocidir://${layout.dir}:latest`, path];
  const row = (what: string, by: string): Row => ({
    part: 'layouts',
    what: `${what}, ${file}, of a ${layer} layout`,
    by,
    seconds: [],
  });
  const finding = row('one more file', 'ours, in a process that has the layout open');
  const opening = row('one more file', 'ours, in a process that opens the layout for it');
  const theirs = row('one more file', 'regctl, less what its start takes');
  if (missing !== undefined) theirs.missing = missing;
  for (let pair = 0; pair < pairs; pair++) {
    const { stderr } = await measureReading([oursInOneProcess(layout.dir, path, READINGS)], signal);
    const ours = secondsInProcess(stderr);
    finding.seconds.push(ours.finding);
    opening.seconds.push(ours.opening + ours.finding);
    if (missing !== undefined) continue;
    const differences: number[] = [];
    for (let i = 0; i < RUNS; i++) {
      const { seconds: nothing } = await measure([{ command: [program, 'version'] }], signal);
      const { seconds } = await measureReading([{ command: [program, ...read] }], signal);
      differences.push(seconds - nothing);
    }
    theirs.seconds.push(median(differences));
  }
  return heldAgainstFirst([finding, opening, theirs], 'ours with the layout open');
}

/** Holds the others against the first, which is ours. */
function heldAgainstFirst([first, ...others]: readonly Row[], of: string): Row[] {
  if (first === undefined) return [];
  const held = others.map((row) =>
    row.missing === undefined
      ? { ...row, against: [{ of, ratios: ratiosTo(first.seconds, row.seconds) }] }
      : row,
  );
  return [first, ...held];
}

/** Measures a reading, and holds what was read against what is there. */
async function measureReading(pipelines: readonly Pipeline[], signal: AbortSignal): Promise<Cost> {
  const cost = await measure(pipelines, signal);
  if (cost.stdout === PLATFORM) return cost;
  const commands = pipelines.map(({ command }) => command.join(' ')).join('; ');
  throw new Error(`${commands} read ${JSON.stringify(cost.stdout)}`);
}
