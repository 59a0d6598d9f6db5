import { join, relative } from 'node:path';
import type { Distro } from '../matrix/types.ts';
import { markerRef } from '../policy/generatePolicy.ts';
import { countFindings } from '../policy/lint/countFindings.ts';
import { formatText } from '../policy/lint/formatText.ts';
import { lintPolicies } from '../policy/lint/lint.ts';
import { project } from './paths.ts';
import { readPolicyFile } from './policyFiles.ts';

/** What `make lint` would print of the policies of some distros alone, and how many errors are in it. */
export interface PolicyLint {
  /** Empty where there is nothing to complain about. */
  text: string;
  errors: number;
}

/** The path of a distro's policy. */
export function policyOf({ name }: Distro): string {
  return join(project.policies, `${name}.json`);
}

/** Lints the policies of these distros, by themselves and in what they do. Throws a Fault for one that cannot be read. */
export async function lintPoliciesOf(distros: readonly Distro[]): Promise<PolicyLint> {
  const inputs = await Promise.all(distros.map((distro) => readPolicyFile(policyOf(distro))));
  const linted = distros.map((distro) => ({
    distro: distro.name,
    baseRef: distro.baseRef,
    markerRef: markerRef(distro.name),
    policyPath: relative(process.cwd(), policyOf(distro)),
  }));
  const findings = lintPolicies(inputs, linted);
  return {
    text: findings.length === 0 ? '' : formatText(findings).trimEnd(),
    errors: countFindings(findings).errors,
  };
}
