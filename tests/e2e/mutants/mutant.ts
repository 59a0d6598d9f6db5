import type { Path, Verdict } from '../../../lib/proof/verdict.ts';

/** A cell that a mutant is judged in. */
export interface Cell {
  path: Path;
  platform: string;
  /** Whether programs of the platform run on the build platform by themselves. */
  native: boolean;
}

/** Marker images, and what can be wrong with one although its build went well. */
export type ImageName =
  | 'right'
  | 'unsealed'
  | 'older-base'
  | 'another-clone'
  | 'another-distro'
  | 'newline'
  | 'platforms-swapped'
  | 'one-manifest';

/** Where the defect is. */
export type Seed =
  /** In the subject: a Dockerfile of `workers/`. */
  | { kind: 'worker'; dockerfile: string }
  /** In what is given as the marker image, as a named context or as what the policy names. */
  | { kind: 'image'; image: ImageName }
  /** In the source policy. `byDigest` has the subject name its base with its digest. */
  | { kind: 'policy'; edit: (text: string, base: string) => string; byDigest?: true }
  /** In the layout that the builder wrote. */
  | { kind: 'probe'; edit: (layout: string) => Promise<void> };

/** A worker with one defect. */
export interface Mutant {
  name: string;
  /** In a sentence. */
  defect: string;
  seed: Seed;
  /** The paths by which the defect shows. */
  paths: readonly Path[];
  /** The one right verdict; `pass` where the defect does no harm, such as for a pinned worker on the pinned platform. */
  expects: (cell: Cell) => Verdict;
  /** What the detail of a verdict that is no pass has to speak of. */
  says: RegExp;
}
