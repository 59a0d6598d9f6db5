import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { project } from '../../lib/cli/paths.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { repeat, type Bench } from './bench.ts';
import { comparePairs, timeVerify } from './pairs.ts';
import type { Row } from './row.ts';

/** Whole runs of this project's own distros; `cold` is one from nothing. */
export async function benchRuns(bench: Bench, { cold }: { cold: boolean }): Promise<Row[]> {
  const { pairs, work, say, signal } = bench;
  const run = { folder: project.folder, out: join(work, 'out') };
  const rows: Row[] = [];
  const add = (what: string, by: string, seconds: number[]) => rows.push({ part: 'runs', what, by, seconds });
  if (cold) {
    say('a cold run, with an empty cache folder');
    const cache = join(work, 'cache');
    const seconds = await timeVerify({ ...run, env: { PLATFORM_MARKER_CACHE: cache } }, signal);
    add('cold run: engine, bases and workers from nothing', 'make verify', [seconds]);
    await rm(cache, { recursive: true, force: true });
  }
  say('warm runs, each with an engine of its own');
  await timeVerify(run, signal);
  add('warm run', 'make verify', await repeat(pairs, () => timeVerify(run, signal)));
  const one = 'debian-bookworm';
  const ones = await repeat(pairs, () => timeVerify(run, signal, ['--distro', one]));
  add('warm run, one distro', `make verify DISTRO=${one}`, ones);
  say('the same and bare bakes in turn, on an engine that stays up');
  const builder = await keepOwnEngine({ say, signal });
  try {
    rows.push(...(await comparePairs(bench, { turns: pairs, bare: true }, { ...run, builder, name: '' })));
  } finally {
    await builder.stop();
  }
  return rows;
}
