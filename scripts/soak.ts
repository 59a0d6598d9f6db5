// `make soak`: one distro verified many times in a row, and whether processes, files, mounts or memory grow.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import { runVerb } from '../lib/cli/runVerb.ts';
import { cacheFolder } from '../lib/engine/cacheFolder.ts';
import { EXIT, Fault, wrongInput } from '../lib/fault/fault.ts';
import { measure } from './bench/measure.ts';
import { verbCommand } from './bench/verb.ts';

/** What there is after a run: processes of it, files it left outside its outputs, mounts, and what the run itself took. */
interface Left {
  processes: number;
  temporary: number;
  cached: number;
  outputs: number;
  mounts: number;
  peakMiB: number;
  seconds: number;
}

/** The first runs fill caches. */
const WARM_UP = 3;
/** Peaks of a garbage collected heap differ by this much from run to run. */
const MEMORY_GROWTH = 1.15;
const COUNTED = ['processes', 'temporary', 'cached', 'outputs', 'mounts'] as const;

const program = new Command('soak')
  .description('verify many times in a row, and see whether anything grows')
  .addOption(new Option('--runs <number>', 'how often').env('RUNS').default('50'))
  .addOption(new Option('--distro <name>', 'what is verified').env('DISTRO').default('azlinux3'));

await runVerb(program, async (options, { signal, say }) => {
  const runs = Number(options['runs']);
  if (!Number.isInteger(runs) || runs < 2 * WARM_UP)
    throw wrongInput({ message: `RUNS=${String(options['runs'])}: expected ${2 * WARM_UP} or more` });
  const folder = await mkdtemp(join(tmpdir(), 'pm-soak-'));
  try {
    const all: Left[] = [];
    for (let run = 1; run <= runs; run += 1) {
      signal.throwIfAborted();
      const left = await verifyOnce(String(options['distro']), folder, signal);
      all.push(left);
      say(
        `${run} of ${runs}: ${Object.entries(left)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}`,
      );
    }
    const grown = growthOf(all);
    for (const line of grown) echo(line);
    const [first, last] = [all[WARM_UP], all.at(-1)];
    echo(`${runs} runs: ${grown.length === 0 ? 'nothing grew' : 'something grew'}`);
    echo(`peak memory of a run, MiB: ${first?.peakMiB ?? 0} at first, ${last?.peakMiB ?? 0} at last`);
    return grown.length === 0 ? EXIT.verified : EXIT.fellShort;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** Runs `verify` in a process of its own, as `make verify` does, and looks at what is there when it has ended. */
async function verifyOnce(distro: string, folder: string, signal: AbortSignal): Promise<Left> {
  const report = join(folder, 'out/report.json');
  await rm(report, { force: true });
  const command = verbCommand('verify', ['--distro', distro, '--out', join(folder, 'out')]);
  const env = { TMPDIR: folder, SOAK: folder };
  const { seconds, peakBytes = 0, stderr } = await measure([{ command, env }], signal);
  const { verified } = JSON.parse(await readFile(report, 'utf8')) as { verified: boolean };
  if (!verified) throw new Fault({ message: `a run verified nothing:\n${stderr}` }, EXIT.fellShort);
  const files = async (path: string) => (await readdir(path, { recursive: true }).catch(() => [])).length;
  const bases = await files(join(cacheFolder(), 'bases'));
  const tools = (await readdir(join(cacheFolder(), 'tools')).catch(() => [])).length;
  const ofEngine = (await readdir(join(cacheFolder(), 'engine')).catch(() => [])).length;
  return {
    processes: await processesOf(folder),
    // The outputs, and what the loader of TypeScript keeps.
    temporary: (await readdir(folder)).filter((name) => name !== 'out' && !name.startsWith('tsx-')).length,
    cached: bases + tools + ofEngine,
    outputs: await files(join(folder, 'out')),
    mounts: (await readFile('/proc/self/mounts', 'utf8')).split('\n').length,
    peakMiB: Math.round(peakBytes / 2 ** 20),
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** Processes that a run has started: they inherit its environment. */
async function processesOf(folder: string): Promise<number> {
  const found = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
  );
  return found.filter((environment) => environment.includes(`SOAK=${folder}\0`)).length;
}

/** A line for each thing that there is more of at the end than when the caches were full. */
function growthOf(all: readonly Left[]): string[] {
  const last = all.slice(-WARM_UP);
  const first = all.slice(WARM_UP, 2 * WARM_UP);
  const most = (runs: readonly Left[], name: keyof Left) => Math.max(...runs.map((run) => run[name]));
  const counted = COUNTED.filter((name) => most(last, name) > most(first, name));
  const hasMore = most(last, 'peakMiB') > most(first, 'peakMiB') * MEMORY_GROWTH;
  return [...counted, ...(hasMore ? (['peakMiB'] as const) : [])].map(
    (name) => `${name}: ${most(first, name)} after the first runs, ${most(last, name)} after the last`,
  );
}
