import type { Distro } from '../matrix/types.ts';
import { countFindings } from '../policy/lint/countFindings.ts';
import { formatText } from '../policy/lint/formatText.ts';
import { lintPolicies } from '../policy/lint/lint.ts';
import { lintedDistros, policyOf } from './lintedDistros.ts';
import { readPolicyFile } from './policyFiles.ts';

/** What `make lint` would print of the policies of some distros alone, and how many errors are in it. */
export interface PolicyLint {
  /** Empty where there is nothing to complain about. */
  text: string;
  errors: number;
}

/** Lints the policies of these distros, by themselves and in what they do. Throws a Fault for one that cannot be read. */
export async function lintPoliciesOf(distros: readonly Distro[]): Promise<PolicyLint> {
  const inputs = await Promise.all(distros.map((distro) => readPolicyFile(policyOf(distro))));
  const findings = lintPolicies(inputs, lintedDistros(distros));
  return {
    text: findings.length === 0 ? '' : formatText(findings).trimEnd(),
    errors: countFindings(findings).errors,
  };
}
