/** What every part of the bench is given. */
export interface Bench {
  /** Turns: runs of each side of a comparison. */
  pairs: number;
  /** A folder of the bench's own, gone when it ends. */
  work: string;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** How many seconds something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** The same again and again. */
export async function repeat<T>(turns: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let turn = 0; turn < turns; turn++) results.push(await work());
  return results;
}
