import { keepBases } from './keepBases.ts';
import { keepCanaries } from './keepCanaries.ts';
import { keepProbes } from './keepProbes.ts';
import { keepServed } from './keepServed.ts';
import type { RunSteps } from './runSteps.ts';

/** Steps whose outcome holds from one run to the next. */
interface KeptSteps extends RunSteps {
  /** Ends what is up for them; to be called when there is no next run, before the builder ends. */
  close(): Promise<void>;
}

/**
 * The steps of runs that follow each other in one process, on one builder, with one folder of outputs: what nothing has
 * changed for is not done again. `signal` ends what outlives a single run.
 */
export function keepSteps(signal?: AbortSignal): KeptSteps {
  return {
    resolveBases: keepBases(),
    tryCanaries: keepCanaries(),
    buildProbes: keepProbes(),
    ...keepServed(signal),
  };
}
