import type { SolveStatus } from './solveStatus.ts';

/** What a run does one after the other. */
export type Stage = 'bases' | 'markers' | 'probes';

/** Who is told what a run does while it works. */
export interface Progress {
  /** A stage begins. */
  enter: (stage: Stage) => void;
  /**
   * A bake of these targets begins; what it tells goes to what this returns. Where one target builds what others would,
   * `standsFor` names those: its stages are called as their workers.
   */
  bake: (targets: readonly string[], standsFor?: readonly string[]) => BakeWatch;
}

/** Who is told what one bake does. */
export interface BakeWatch {
  /** What BuildKit tells. */
  status: (status: SolveStatus) => void;
  /** A line of the log that is made of it. */
  line: (line: string) => void;
  /** It ended, well or not. */
  end: () => void;
}
