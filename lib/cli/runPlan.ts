import { requireLayouts } from '../base/resolveBases.ts';
import { requireFrontend } from '../flow/frontend.ts';
import { runInputs } from '../flow/runInputs.ts';
import type { RunRequest } from '../flow/runRequest.ts';
import { readMatrix } from '../matrix/readMatrix.ts';
import { selectDistros, selectPlatforms, selectSubject } from '../matrix/select.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import type { Path } from '../proof/verdict.ts';
import type { ReportShard } from '../report/schema.ts';
import { own, project } from './paths.ts';
import { takeShard } from './takeShard.ts';
import { givenVariables, type VerifyOptions } from './verifyOptions.ts';

/** What a run verifies. */
export interface RunPlan {
  /** Rows of distros.yaml, and the same on the platforms that were chosen. */
  rows: Distro[];
  distros: Distro[];
  paths: Path[];
  subject: Subject;
  /** All distros that were asked for, where only a shard of them is verified. */
  asked: Distro[];
  shard?: ReportShard;
}

/**
 * Reads what to verify from distros.yaml. Throws a Fault (wrong input) for what is wrong with it and for a distro that it
 * does not have; with `mayMiss`, only where it has none of those that were asked for.
 */
export async function planRun(options: VerifyOptions, { mayMiss }: { mayMiss: boolean }): Promise<RunPlan> {
  const matrix = await readMatrix(project.distros);
  const there = options.distros.filter((name) => matrix.distros.some((distro) => distro.name === name));
  const rows = selectDistros(matrix, mayMiss && there.length > 0 ? there : options.distros);
  const asked = selectPlatforms(rows, options.platforms);
  const subject = await selectSubject(matrix, options.subject);
  // Told before anything of the run before is cleared.
  requireLayouts(asked, options.bases);
  if (options.frontend !== undefined) await requireFrontend(options.frontend);
  const { paths, shard, times } = options;
  if (shard === undefined) return { rows, distros: asked, asked, paths, subject };
  const taken = await takeShard(shard, times, asked, paths);
  const names = new Set(taken.distros.map(({ name }) => name));
  return { ...taken, rows: rows.filter(({ name }) => names.has(name)), asked, subject };
}

/** The request for a run of a plan, with what is known only once the run has begun. */
export async function requestOf(
  { rows, distros, paths, subject, asked, shard }: RunPlan,
  options: VerifyOptions,
  run: Pick<RunRequest, 'started' | 'frontend' | 'notes' | 'out' | 'builder' | 'key' | 'say' | 'signal'>,
): Promise<RunRequest> {
  const { frontend } = run;
  const { allowEmulator } = options;
  const files = { project: project.folder, matrix: project.distros, policies: project.policies };
  return {
    ...run,
    ...{ rows, distros, paths, subject, shard },
    inputs: await runInputs(
      { ...files, bakeFile: own.bakeFile, stages: own.stages },
      { distros: asked, paths: options.paths, subject, frontend, allowEmulator },
    ),
    project: project.folder,
    bakeFile: own.bakeFile,
    stages: own.stages,
    given: givenVariables(options),
    bases: options.bases,
    requireRealBases: options.requireRealBases,
    allowEmulator,
    timeout: options.timeout,
  };
}
