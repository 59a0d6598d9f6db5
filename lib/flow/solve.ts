import { runBake, type BakeCall } from '../bake/runBake.ts';
import type { Builder } from '../engine/builder.ts';
import { CommandError } from '../engine/commandError.ts';
import type { BuildOutcome } from './runRecord.ts';

/**
 * A race of BuildKit's (moby/buildkit#6808): a build that is cancelled beside another can take away a snapshot that the
 * cache still names, and every later build that comes upon it fails. No subject can be the cause.
 */
const LOST_SNAPSHOT = /failed to commit .*snapshot .* does not exist: not found/;

/** What one call of bake came to. */
export interface Solved {
  outcome: BuildOutcome;
  /** Wall time. */
  seconds: number;
}

/**
 * Builds probes by one call of bake; a builder that has lost a part of its cache builds once more without it. What fails
 * is an outcome; a call that is cancelled throws. `name` is what a person is told that it is.
 */
export async function solve(
  builder: Builder,
  call: BakeCall,
  { name, say }: { name: string; say: (line: string) => void },
): Promise<Solved> {
  const started = performance.now();
  let outcome: BuildOutcome = { ok: true };
  try {
    await runBake(builder, call).catch((error: unknown) => {
      if (!(error instanceof CommandError) || !LOST_SNAPSHOT.test(error.output)) throw error;
      say(`the builder lost a part of its cache: building ${name} without it`);
      return runBake(builder, { ...call, noCache: true });
    });
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    outcome = { ok: false, log: error.output, timedOut: error.timedOut };
  }
  return { outcome, seconds: (performance.now() - started) / 1000 };
}
