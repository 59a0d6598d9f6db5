import { readFile } from 'node:fs/promises';
import { emulatorFor, tryCanaries, type CanaryResult } from '../proof/canary.ts';
import type { RunSteps } from './runSteps.ts';

/**
 * Runs the canaries once on a sealed engine that nobody else uses, which nothing on the machine can register an emulator
 * with: they stand for as long as they are of the same platforms and stages/canary.Dockerfile is the same, with a note on
 * when they ran. On any other builder they run each time, and so they do where one of them was not refused.
 */
export function keepCanaries(run: RunSteps['tryCanaries'] = tryCanaries): RunSteps['tryCanaries'] {
  let kept: { of: string; at: Date; results: CanaryResult[] } | undefined;
  return async (options, note) => {
    const { builder, platforms, dockerfile } = options;
    const of = JSON.stringify([platforms, await readFile(dockerfile, 'utf8')]);
    if (kept?.of === of) {
      note(
        `the canaries ran at ${kept.at.toTimeString().slice(0, 8)}, on the sealed engine that has been up since`,
      );
      return kept.results;
    }
    const at = new Date();
    const results = await run(options, note);
    const isSealed = builder.exclusive && builder.sealed;
    kept = isSealed && areRefused(results, builder.platform) ? { of, at, results } : undefined;
    return results;
  };
}

function areRefused(results: readonly CanaryResult[], buildPlatform: string): boolean {
  return emulatorFor(buildPlatform, results, buildPlatform) === undefined;
}
