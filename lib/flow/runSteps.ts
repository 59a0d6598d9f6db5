import { resolveBases, type ResolvedBase, type ResolveOptions } from '../base/resolveBases.ts';
import type { Builder } from '../engine/builder.ts';
import { tryCanaries, type CanaryResult } from '../proof/canary.ts';
import { buildProbes, type BuildProbesOptions, type BuiltProbe, type ProbeGroup } from './buildProbes.ts';
import type { Readable } from './readableFiles.ts';
import { serveMarkers, type ServedMarkers } from './serveMarkers.ts';

/** Takes what a reader of the report has to know as well. */
export type Note = (line: string) => void;

/** What probes are made from besides what their bake targets and policies say. */
export interface ProbeSources {
  /** The digests of all bases and marker images, wherever the builder pulls them from. */
  images: readonly string[];
  /** What the build of a worker can read, by the worker's name. */
  files: ReadonlyMap<string, readonly Readable[]>;
  /** The folder of outputs, which is written to by runs themselves and is no source where a build could read it. */
  out: string;
}

/** The steps of a run whose outcome may hold for a next run on the same builder. */
export interface RunSteps {
  resolveBases: (options: ResolveOptions) => Promise<Map<string, ResolvedBase>>;
  tryCanaries: (options: Parameters<typeof tryCanaries>[0], note: Note) => Promise<CanaryResult[]>;
  serveMarkers: (
    repositories: Record<string, string>,
    builder: Builder,
    note: Note,
    signal?: AbortSignal,
  ) => Promise<ServedMarkers>;
  buildProbes: (
    groups: readonly ProbeGroup[],
    options: BuildProbesOptions,
    sources: ProbeSources,
    note: Note,
  ) => Promise<BuiltProbe[]>;
}

/** Each step taken anew, as a run by itself takes it. */
export const FRESH_STEPS: RunSteps = { resolveBases, tryCanaries, serveMarkers, buildProbes };
