import type { Behaviour } from './behaviour.ts';
import { evaluate } from './evaluate.ts';
import type { Outcome, RuleStep } from './evaluate.ts';
import type { Patterns } from './patterns.ts';
import { schemeOf } from './sourceKinds.ts';
import type { Policy, Source } from './types.ts';

/** A digest that stands for the one with which a registry would answer. */
export const SOME_DIGEST = `sha256:${'0'.repeat(64)}`;

/** One time that a build shows a source to the policies. */
export interface Look {
  /** What the build does at that time. */
  when: 'resolve' | 'load';
  source: Source;
  outcome: Outcome;
  /** Every rule as it was tried. */
  steps: RuleStep[];
}

/**
 * Judges a source as often as a build does. An image is judged twice: bare, when the frontend asks for its config
 * (`resolve`), and when the build is loaded (`load`), where what the first time made of it carries the digest that it
 * was found to have. An OCI layout, which a build has as a named context, is judged twice as well, as it is both times: what
 * the first time made of it serves for the config alone. Everything else is judged once. Nothing follows a judgement
 * that refuses.
 *
 * Follows BuildKit frontend/dockerfile/dockerfile2llb/convert.go (`resolveBaseImage`), frontend/dockerui/namedcontext.go,
 * and solver/llbsolver/bridge.go (`ResolveSourceMetadata`) and vertex.go (`loadLLB`).
 */
export function judgeAsBuild(
  policies: readonly Policy[],
  source: Source,
  options: { behaviour: Behaviour; patterns: Patterns },
): Look[] {
  const look = (when: Look['when'], asked: Source): Look => {
    const steps: RuleStep[] = [];
    const outcome = evaluate(policies, asked, { ...options, onRule: (step) => steps.push(step) });
    return { when, source: asked, outcome, steps };
  };
  const scheme = schemeOf(source.identifier);
  if (scheme === 'oci-layout') {
    const resolve = look('resolve', source);
    return resolve.outcome.kind === 'allowed' ? [resolve, look('load', source)] : [resolve];
  }
  if (scheme !== 'docker-image') return [look('load', source)];

  const resolve = look('resolve', { identifier: source.identifier, attrs: new Map() });
  const found = resolve.outcome.source.identifier;
  if (resolve.outcome.kind !== 'allowed' || schemeOf(found) !== 'docker-image') return [resolve];
  // What a conversion sets on the source of the first look is not carried over.
  const identifier = found.includes('@') ? found : `${found}@${SOME_DIGEST}`;
  return [resolve, look('load', { identifier, attrs: source.attrs })];
}
