import { runBake, type BakeCall } from '../bake/runBake.ts';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/commandError.ts';
import type { BuildOutcome } from './runRecord.ts';

/** What one call of bake came to. */
export interface Solved {
  outcome: BuildOutcome;
  /** Wall time. */
  seconds: number;
}

/**
 * Builds probes by one call of bake. What fails is an outcome; a call that is cancelled throws. `name` is what a person is told that it is.
 */
export async function solve(
  builder: Builder,
  call: BakeCall,
  { name, say }: { name: string; say: (line: string) => void },
): Promise<Solved> {
  const started = performance.now();
  let outcome: BuildOutcome = { ok: true };
  try {
    const onLostCache = () => {
      say(`the builder lost a part of its cache: building ${name} without it`);
    };
    await runBake(builder, { ...call, onLostCache });
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    outcome = { ok: false, log: error.output, timedOut: error.timedOut };
  }
  return { outcome, seconds: (performance.now() - started) / 1000 };
}
