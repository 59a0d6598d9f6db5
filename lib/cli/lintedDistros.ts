import { join, relative } from 'node:path';
import type { Distro } from '../matrix/types.ts';
import { markerRef } from '../policy/generatePolicy.ts';
import type { LintedDistro } from '../policy/lint/distros.ts';
import { project } from './paths.ts';

/** The path of a distro's policy. */
export function policyOf({ name }: Distro): string {
  return join(project.policies, `${name}.json`);
}

/** What the linter asks of distros, their policies named as a person would from where they are. */
export function lintedDistros(distros: readonly Distro[]): LintedDistro[] {
  return distros.map((distro) => ({
    distro: distro.name,
    baseRef: distro.baseRef,
    markerRef: markerRef(distro.name),
    policyPath: relative(process.cwd(), policyOf(distro)),
  }));
}
