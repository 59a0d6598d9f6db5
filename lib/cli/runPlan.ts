import type { RunRequest } from '../flow/runRequest.ts';
import { readMatrix } from '../matrix/readMatrix.ts';
import { selectDistros, selectPlatforms, selectSubject } from '../matrix/select.ts';
import type { Distro, Subject } from '../matrix/types.ts';
import { own, project } from './paths.ts';
import { givenVariables, type VerifyOptions } from './verifyOptions.ts';

/** What a run verifies. */
export interface RunPlan {
  /** Rows of distros.yaml, and the same on the platforms that were chosen. */
  rows: Distro[];
  distros: Distro[];
  subject: Subject;
}

/**
 * Reads what to verify from distros.yaml. Throws a Fault (wrong input) for what is wrong with it and for a distro that it
 * does not have; with `mayMiss`, only where it has none of those that were asked for.
 */
export async function planRun(options: VerifyOptions, { mayMiss }: { mayMiss: boolean }): Promise<RunPlan> {
  const matrix = await readMatrix(project.distros);
  const there = options.distros.filter((name) => matrix.distros.some((distro) => distro.name === name));
  const rows = selectDistros(matrix, mayMiss && there.length > 0 ? there : options.distros);
  return {
    rows,
    distros: selectPlatforms(rows, options.platforms),
    subject: await selectSubject(matrix, options.subject),
  };
}

/** The request for a run of a plan, with what is known only once the run has begun. */
export function requestOf(
  plan: RunPlan,
  options: VerifyOptions,
  run: Pick<RunRequest, 'started' | 'frontend' | 'out' | 'builder' | 'key' | 'say' | 'signal'>,
): RunRequest {
  return {
    ...plan,
    ...run,
    project: project.folder,
    bakeFile: own.bakeFile,
    stages: own.stages,
    paths: options.paths,
    given: givenVariables(options),
    bases: options.bases,
    requireRealBases: options.requireRealBases,
    allowEmulator: options.allowEmulator,
    timeout: options.timeout,
  };
}
