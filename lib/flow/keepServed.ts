import { serveMarkers, type ServedMarkers } from './serveMarkers.ts';
import type { RunSteps } from './runSteps.ts';

/** A registry that stays up from one run to the next. */
export interface KeptServing {
  serveMarkers: RunSteps['serveMarkers'];
  close: () => Promise<void>;
}

interface Up {
  of: string;
  served: ServedMarkers;
  /** What was noted when it came up, which holds for every run that it serves. */
  notes: readonly string[];
}

/**
 * Serves the marker images until `close`, or until `signal` is aborted. The registry of one run is the next one's where
 * that serves the same layouts, which it reads again when they have changed; but not where it has reported a problem,
 * which may be its own end.
 */
export function keepServed(
  signal?: AbortSignal,
  serve: RunSteps['serveMarkers'] = serveMarkers,
): KeptServing {
  let up: Up | undefined;
  let isSound = true;
  let tell: (line: string) => void = () => undefined;
  const start: RunSteps['serveMarkers'] = async (repositories, builder, note) => {
    const of = JSON.stringify(Object.entries(repositories).sort());
    if (up?.of !== of || !isSound) {
      await close();
      const notes: string[] = [];
      tell = (line) => notes.push(line);
      const served = await serve(
        repositories,
        builder,
        (line) => {
          tell(line);
        },
        signal,
      );
      isSound = true;
      up = { of, served, notes };
    }
    for (const line of up.notes) note(line);
    tell = (line) => {
      isSound = false;
      note(line);
    };
    return { ...up.served, close: () => Promise.resolve() };
  };
  const close = async () => {
    await up?.served.close();
    up = undefined;
  };
  return { serveMarkers: start, close };
}
