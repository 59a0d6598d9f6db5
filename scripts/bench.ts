// `make bench`: the figures of the README. Whole processes, medians; what is compared runs in turn, in pairs.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import pLimit from 'p-limit';
import { chalk, echo } from 'zx';
import { runBake } from '../lib/bake/runBake.ts';
import { own, project } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import type { Builder } from '../lib/engine/builder.ts';
import { runCommand } from '../lib/engine/command.ts';
import { keepOwnEngine } from '../lib/engine/ownBuilder.ts';
import { wrongInput } from '../lib/fault/fault.ts';
import { cloneKey } from '../lib/flow/cloneKey.ts';
import { readRunRecord } from '../lib/flow/runRecord.ts';
import { serveMarkers } from '../lib/flow/serveMarkers.ts';

const program = new Command('bench')
  .description('measure whole runs')
  .addOption(new Option('--pairs <n>', 'runs of each side of a comparison').env('PAIRS').default('5'))
  .addOption(new Option('--skip-cold', 'leave the cold run out').env('SKIP_COLD'));

/** A row of the table: what was run, its seconds run by run, and for the second of a pair the ratios to the first. */
interface Row {
  name: string;
  command: string;
  seconds: number[];
  ratios?: number[];
}

await runVerb(program, async (options, { say, signal }) => {
  const pairs = Number(options['pairs']);
  if (!Number.isInteger(pairs) || pairs < 1)
    throw wrongInput({ message: 'PAIRS takes a whole number from 1' });
  const work = await mkdtemp(join(tmpdir(), 'platform-marker-bench-'));
  const rows: Row[] = [];
  try {
    const verify = (env: Record<string, string>, args: string[] = []) =>
      timed(() =>
        runCommand('node', ['--import', 'tsx', 'scripts/verify.ts', '--out', join(work, 'out'), ...args], {
          env: { BUILDER: 'own', ...env },
          signal,
        }),
      );
    if (options['skipCold'] === undefined) {
      say('a cold run, with an empty cache folder');
      const cold = await verify({ PLATFORM_MARKER_CACHE: join(work, 'cache') });
      rows.push({
        name: 'cold: engine, bases and workers from nothing',
        command: 'make verify',
        seconds: [cold],
      });
      await rm(join(work, 'cache'), { recursive: true, force: true });
    }
    say('warm runs, each with an engine of its own');
    await verify({});
    rows.push({ name: 'warm', command: 'make verify', seconds: await repeat(pairs, () => verify({})) });
    const one = ['--distro', 'debian-bookworm'];
    const ones = await repeat(pairs, () => verify({}, one));
    rows.push({ name: 'warm, one distro', command: 'make verify DISTRO=debian-bookworm', seconds: ones });

    say('the same, against bake alone, on an engine that stays up');
    const builder = await keepOwnEngine({ say, signal });
    try {
      rows.push(...(await comparePairs(pairs, verify, builder, work, say, signal)));
    } finally {
      await builder.stop();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await mkdir('out', { recursive: true });
  await writeFile('out/bench.json', JSON.stringify({ machine: machine(), rows }, null, 2) + '\n');
  echo(`| run | command | median | least to most |\n|---|---|---|---|`);
  for (const { name, command, seconds, ratios } of rows) {
    const ratio =
      ratios === undefined ? '' : `; ${median(ratios).toFixed(2)} times bake alone (${spread(ratios, 2)})`;
    echo(`| ${name} | \`${command}\` | ${median(seconds).toFixed(1)} s${ratio} | ${spread(seconds, 1)} s |`);
  }
  echo(chalk.dim(machine()));
  return 0;
});

async function comparePairs(
  pairs: number,
  verify: (env: Record<string, string>) => Promise<number>,
  builder: Builder,
  work: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Row[]> {
  const [ours, bare]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await verify({}));
    bare.push(await bakeAlone(builder, work, say, signal));
  }
  const ratios = ours.map((seconds, at) => seconds / (bare[at] ?? NaN));
  return [
    {
      name: 'bake alone: the same probe targets, the same calls',
      command: 'docker buildx bake',
      seconds: bare,
    },
    { name: 'warm, engine up', command: 'make verify', seconds: ours, ratios },
  ];
}

/** The calls of bake that a run made for its probes, and nothing else, while the markers are served. */
async function bakeAlone(
  builder: Builder,
  work: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const out = join(work, 'out');
  const record = await readRunRecord(out, await cloneKey(project.folder));
  const repositories: Record<string, string> = {};
  for (const [name, { layout }] of Object.entries(record.markers)) {
    const [first, second] = name.split('/');
    repositories[second === undefined ? `marker/${name}` : `${first ?? ''}/marker/${second}`] = layout;
  }
  const served = await serveMarkers(repositories, builder, say, signal);
  try {
    const copies = join(out, 'run/policies');
    const swapped: string[] = await readdir(copies).catch(() => []);
    const calls = [...new Set(record.cells.map(({ metadata }) => metadata))].map((metadata) => {
      const targets = new Set(
        record.cells.filter((cell) => cell.metadata === metadata).map(({ target }) => `probe-${target}`),
      );
      const name = /([^/]+)\.json$/.exec(metadata)?.[1] ?? '';
      const policy = name.replace(/^policy-/, '');
      const file = swapped.includes(`${policy}.json`)
        ? join(copies, `${policy}.json`)
        : join(project.policies, `${policy}.json`);
      return { targets: [...targets], policyFile: name === policy ? undefined : file };
    });
    const limit = pLimit(2);
    const files = [own.bakeFile, join(out, 'run/workers.json')];
    const metadataFile = (at: number) => join(work, `metadata-${String(at)}.json`);
    return await timed(() =>
      Promise.all(
        calls.map((call, at) =>
          limit(() => runBake(builder, { ...call, files, metadataFile: metadataFile(at), signal })),
        ),
      ),
    );
  } finally {
    await served.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function repeat(times: number, work: () => Promise<number>): Promise<number[]> {
  const seconds: number[] = [];
  for (let at = 0; at < times; at++) seconds.push(await work());
  return seconds;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

function spread(values: readonly number[], digits: number): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}

function machine(): string {
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${gib} GiB, Linux ${release()}, Node ${process.version}`;
}
