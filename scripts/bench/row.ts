/** One line of the bench: something that was run again and again. */
export interface Row {
  part: PartName;
  /** What was done. */
  what: string;
  /** What did it: a command, or a tool's name. */
  by: string;
  /** The whole command, where `by` is a tool's name. */
  command?: string;
  /** Seconds, run after run. */
  seconds: number[];
  /** What it is held against, turn by turn. */
  against?: Comparison[];
  /** The most resident memory of all runs, in bytes. */
  peakBytes?: number;
  /** Why there are no figures. */
  missing?: string;
}

/** How a row's runs compare with those of another. */
export interface Comparison {
  /** The other, as it follows on "times" or "of". */
  of: string;
  /** Its time being 1, that of each run. */
  ratios: number[];
  /** Whether it is a part of the other, and is told in per cent. */
  isPart?: boolean;
}

/** The parts of the bench, in their order. */
export const PARTS = {
  runs: 'whole runs of `make verify`, also against a bare bake of the same targets, and the check’s part of them',
  growth: 'whole runs and bare bakes of more and more distros',
  layouts: 'one file out of a layout with a big layer, against other tools',
  scale:
    'what a matrix of up to 1,000 distros takes without a build: generated files, lint, bake’s own parsing, reports',
  start: 'what the verbs take that build nothing',
} as const;
export type PartName = keyof typeof PARTS;

/** How many times as long as the other each took, turn by turn; a turn that only one of them had is left out. */
export function ratiosTo(other: readonly number[], seconds: readonly number[]): number[] {
  return seconds.slice(0, other.length).map((one, turn) => one / (other[turn] ?? NaN));
}
