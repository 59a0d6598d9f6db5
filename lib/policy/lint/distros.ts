import { spellCommand } from '../../fault/spelling.ts';
import { NEWEST } from '../behaviour.ts';
import { judgeAsBuild } from '../looks.ts';
import type { PolicyFile } from '../parsePolicy.ts';
import { newPatterns } from '../patterns.ts';
import type { Problem } from '../problem.ts';
import { IMAGE } from '../sourceKinds.ts';
import type { LintRule } from './lintRule.ts';

/** What policies have to do for the distros whose bases they are there to replace. */
export const DISTRO_RULES: readonly LintRule[] = [
  {
    id: 'policy-without-distro',
    severity: 'warning',
    documentation:
      'policies/<distro>.json belongs to the distro of that name in distros.yaml; any other file is used by nothing.',
  },
  {
    id: 'distro-without-policy',
    severity: 'error',
    documentation: 'Every distro needs its policies/<distro>.json for the source-policy path.',
  },
  {
    id: 'base-misses-marker',
    severity: 'error',
    documentation:
      "A distro's policy has to turn its base into its marker, or the source-policy path proves nothing.",
  },
];

/** A distro, and the policy that is to lead from its base to its marker. */
export interface LintedDistro {
  distro: string;
  /** The base image, normalized: `docker.io/library/debian:bookworm`. */
  baseRef: string;
  /** The marker image, normalized: `127.0.0.1:5480/marker/debian-bookworm:latest`. */
  markerRef: string;
  /** The path of its policy, as the linted files are called. */
  policyPath: string;
}

/** A problem of a file that may not even be there. */
export interface FileProblem {
  file: string;
  problem: Problem;
}

/** Holds the policies that are there against the distros that need one. */
export function findDistroProblems(
  files: readonly PolicyFile[],
  distros: readonly LintedDistro[],
): FileProblem[] {
  const known = new Set(distros.map(({ policyPath }) => policyPath));
  const strays = files.filter(({ file }) => !known.has(file)).map(({ file }) => stray(file, distros));
  const unmet = distros.flatMap((distro) => {
    const file = files.find((each) => each.file === distro.policyPath);
    return file === undefined ? missing(distro) : (missedMarker(file, distro) ?? []);
  });
  return [...strays, ...unmet];
}

const WHOLE_FILE = { offset: 0, length: 0 } as const;

function stray(file: string, distros: readonly LintedDistro[]): FileProblem {
  const names = distros.map(({ distro }) => distro).join(', ');
  const message = `no distro uses this policy; there are ${names === '' ? 'no distros' : names}`;
  const next = 'name it after its distro, or add the distro to distros.yaml';
  return { file, problem: { rule: 'policy-without-distro', message, next, ...WHOLE_FILE } };
}

function missing({ distro, policyPath }: LintedDistro): FileProblem {
  const message = `the distro ${distro} has no policy: this file is missing`;
  const next = `run \`${spellCommand('generate')}\``;
  return { file: policyPath, problem: { rule: 'distro-without-policy', message, next, ...WHOLE_FILE } };
}

function missedMarker(
  file: PolicyFile,
  { distro, baseRef, markerRef }: LintedDistro,
): FileProblem | undefined {
  if (file.policy === undefined) return undefined;
  const source = { identifier: IMAGE + baseRef, attrs: new Map<string, string>() };
  const looks = judgeAsBuild([file.policy], source, { behaviour: NEWEST, patterns: newPatterns() });
  const outcome = looks.at(-1)?.outcome;
  const reached = outcome?.source.identifier.replace(/@.*/, '');
  if (outcome === undefined || (outcome.kind === 'allowed' && reached === IMAGE + markerRef))
    return undefined;
  const ends = outcome.error === undefined ? `ends at ${reached ?? ''}` : `ends with "${outcome.error}"`;
  const message = `the base of ${distro} never reaches its marker: ${IMAGE}${baseRef} ${ends}`;
  const next = `\`${spellCommand('explain', { REF: baseRef, DISTRO: distro })}\` shows every step; the marker is ${IMAGE}${markerRef}`;
  return { file: file.file, problem: { rule: 'base-misses-marker', message, next, ...WHOLE_FILE } };
}
