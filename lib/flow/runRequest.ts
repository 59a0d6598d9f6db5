import type { Builder } from '../engine/builder.ts';
import { type OptionValues } from '../fault/spelling.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import type { Progress } from '../progress/progress.ts';
import type { Path } from '../proof/verdict.ts';
import type { ReportInputs, ReportShard } from '../report/schema.ts';
import type { Frontend } from './frontend.ts';
import type { OutFolder } from './outFolder.ts';

/** What to verify, and with what. */
export interface RunRequest {
  /** `performance.now()` at the run's start. */
  started: number;
  /** The folder of distros.yaml, which a subject's files and the policies are relative to. */
  project: string;
  /** docker-bake.hcl and the folder of the Dockerfiles. */
  bakeFile: string;
  stages: string;
  /** What is verified: the distros that were chosen, on the platforms that were chosen. */
  distros: readonly Distro[];
  /** The rows of distros.yaml that they come from, with all their platforms. */
  rows: readonly Distro[];
  paths: readonly Path[];
  subject: Subject;
  /** Digests of what is verified. */
  inputs: ReportInputs;
  /** The shard that this run is, where it is not the whole matrix. */
  shard?: ReportShard | undefined;
  /** What a person gave besides distro, path and platform, to say how a cell is run alone. */
  given: OptionValues;
  /** A frontend of the person's own, in the place of the subject's. */
  frontend: Frontend | undefined;
  out: OutFolder;
  builder: Builder;
  key: Buffer;
  /** A folder of base layouts that the person gives. */
  bases?: string | undefined;
  /** What was noticed before the run began, for the report. */
  notes: readonly string[];
  requireRealBases: boolean;
  allowEmulator: boolean;
  /** Milliseconds for one build. */
  timeout: number;
  say: (line: string) => void;
  /** Is told what goes on while it goes on. */
  progress?: Progress | undefined;
  signal?: AbortSignal | undefined;
}
