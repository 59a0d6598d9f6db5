import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder } from '../engine/builder.ts';
import { runBuildx } from '../engine/buildx.ts';
import { CommandError, logEnd } from '../engine/commandError.ts';
import { writeContextFile } from '../engine/contextFile.ts';
import { spellOption } from '../fault/spelling.ts';
import { canaryElf, hasCanary } from './canaryElf.ts';
import { mayRunNatively, runsNatively } from './runsNatively.ts';

/** What became of one canary. */
export interface CanaryResult {
  /** The platform whose program it is. */
  platform: string;
  /** The platform of the op that ran it: the build platform finds binfmt_misc, a foreign one BuildKit's own emulator. */
  op: string;
  /** `refused` only where the kernel said `exec format error`: a canary that a signal ended may have been emulated. */
  outcome: 'ran' | 'refused' | 'unknown';
  /** The end of the log, where the outcome is unknown. */
  log?: string;
  /** The machine that ran it, where the builder has several. */
  node?: string;
}

/** A machine of a builder of several, and the platform that it is of. */
export interface Machine {
  name: string;
  platform: string;
}

/**
 * Runs a native canary, and for each foreign platform one as an op of the build platform and one as an op of the
 * platform itself, on every machine of the builder. Never from the cache: a cached success outlives the emulator that made it.
 * `folder` takes the canaries' build contexts; `dockerfile` is stages/canary.Dockerfile.
 */
export async function tryCanaries(options: {
  builder: Builder;
  platforms: readonly string[];
  folder: string;
  dockerfile: string;
  signal?: AbortSignal | undefined;
}): Promise<CanaryResult[]> {
  const { builder, folder } = options;
  const { nodes } = builder;
  if (nodes === undefined) return tryOn(builder, options);
  const results: CanaryResult[] = [];
  for (const { name, platform, env } of nodes) {
    const alone = { ...builder, platform, env: { ...builder.env, ...env } };
    const own = await tryOn(alone, { ...options, folder: join(folder, name) });
    results.push(...own.map((result) => ({ ...result, node: name })));
  }
  return results;
}

/** Runs them on a builder of one machine. */
async function tryOn(builder: Builder, options: Parameters<typeof tryCanaries>[0]): Promise<CanaryResult[]> {
  const { platforms, folder } = options;
  const foreign = platforms.filter((platform) => !runsNatively(platform, builder.platform));
  const tries = [
    { platform: builder.platform, op: builder.platform },
    ...foreign.flatMap((platform) => [
      { platform, op: builder.platform },
      { platform, op: platform },
    ]),
  ];
  for (const { platform } of tries.filter((attempt) => hasCanary(attempt.platform))) {
    const context = join(folder, platform);
    await mkdir(context, { recursive: true });
    await writeContextFile(join(context, 'canary'), canaryElf(platform), 0o755);
  }
  const results: CanaryResult[] = [];
  for (const attempt of tries) {
    const result = hasCanary(attempt.platform)
      ? await runCanary(attempt, { ...options, builder })
      : NO_CANARY;
    results.push({ ...attempt, ...result });
  }
  return results;
}

const NO_CANARY = { outcome: 'unknown', log: 'there is no canary for this platform' } as const;

async function runCanary(
  { platform, op }: { platform: string; op: string },
  { builder, folder, dockerfile, signal }: Parameters<typeof tryCanaries>[0],
): Promise<Pick<CanaryResult, 'outcome' | 'log'>> {
  const args = ['build', '--progress=plain', '--no-cache', `--platform=${op}`];
  const output = [
    '--provenance=false',
    '--output=type=cacheonly',
    `--file=${dockerfile}`,
    join(folder, platform),
  ];
  try {
    await runBuildx(builder, [...args, ...output], { signal, timeout: 60_000 });
    return { outcome: 'ran' };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    if (/exec \/canary: exec format error/i.test(error.output)) return { outcome: 'refused' };
    return { outcome: 'unknown', log: logEnd(error.output) };
  }
}

/**
 * Why a cell of a platform proves nothing on this builder, from its canaries; undefined where it does. `buildPlatform` is
 * the platform of the machine that built it. Where the builder has several, `machines`, every one of that platform may
 * have been the one.
 */
export function emulatorFor(
  platform: string,
  canaries: readonly CanaryResult[],
  buildPlatform: string,
  machines: readonly Machine[] = [],
): string | undefined {
  if (machines.length === 0) return emulatorOn(platform, canaries, buildPlatform);
  for (const { name } of machines.filter((machine) => machine.platform === buildPlatform)) {
    const own = canaries.filter(({ node }) => node === name);
    const why = emulatorOn(platform, own, buildPlatform);
    if (why !== undefined) return `on node ${name}: ${why}`;
  }
  return undefined;
}

function emulatorOn(
  platform: string,
  canaries: readonly CanaryResult[],
  buildPlatform: string,
): string | undefined {
  const native = canaries.find((canary) => canary.platform === buildPlatform && canary.op === buildPlatform);
  if (native?.outcome !== 'ran') return 'the native canary did not run, so the canaries say nothing';
  const tried = canaries.filter((canary) => canary.platform === platform);
  if (!runsNatively(platform, buildPlatform) && tried.length < 2)
    return `no canary of ${platform} was tried, so nothing says that its programs do not run here`;
  // An emulator of any foreign platform could have run something in this cell, so all of them count, but for what may be no
  // emulator at all: that is held against cells of its own platform alone.
  const answered = canaries.filter(
    (canary) =>
      canary !== native &&
      canary.outcome !== 'refused' &&
      (canary.platform === platform || !mayRunNatively(canary.platform, buildPlatform)),
  );
  const [first] = answered.sort((a, b) => Number(b.platform === platform) - Number(a.platform === platform));
  if (first === undefined) return undefined;
  if (first.outcome === 'unknown')
    return `whether an emulator for ${first.platform} is there could not be told`;
  if (mayRunNatively(platform, buildPlatform) && first.platform === platform)
    return `programs of ${platform} run on this builder, and whether by its processor or by an emulator could not be told`;
  const viaBinfmt = canaries.some(
    (canary) => canary.platform === first.platform && canary.op === buildPlatform && canary.outcome === 'ran',
  );
  const who = viaBinfmt ? 'binfmt_misc has a handler' : 'BuildKit has an emulator of its own';
  return `${who} for ${first.platform}: its programs run on this builder. ${spellOption('BUILDER', 'sealed')} keeps it out of reach`;
}
