import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { noBuilder } from '../fault/fault.ts';
import type { Builder } from './builder.ts';
import { cacheSubfolder } from './cacheFolder.ts';
import { buildxVersion, engineVersion, inspectBuilder, type DockerCli } from './dockerCli.ts';
import { watchEngine } from './engineLife.ts';
import { tryLock } from './folderLock.ts';
import { startOwnEngine, stopOwnEngine, type OwnEngine } from './ownEngine.ts';
import { ping } from './ping.ts';
import { processStart } from './processLife.ts';

/** How the project's own engine is wanted. */
export interface OwnBuilderOptions {
  say: (line: string) => void;
  /** False leaves the emulators of the host in reach; the default is a binfmt_misc of the engine's own. */
  seal?: boolean;
  signal?: AbortSignal | undefined;
}

/** How long a run waits for another one that uses the engine. */
const WAIT_MINUTES = 30;

/**
 * The project's own engine as a builder: the one that `make engine` keeps up, or one for this run alone, which ends
 * with it. One run at a time has the engine's state; a second one waits.
 */
export async function useOwnBuilder({ say, seal = true, signal }: OwnBuilderOptions): Promise<Builder> {
  const kept = await keptBuilder();
  if (kept !== undefined) return kept;
  const release = await lockState(say, signal);
  try {
    // One may have been started to stay up while this run waited.
    const sinceThen = await keptBuilder();
    if (sinceThen !== undefined) {
      await release();
      return sinceThen;
    }
    const engine = await startClean({ say, seal, keep: false, signal });
    return await describeOrStop(engine, true, async () => {
      await stopAndForget(engine);
      await release();
    });
  } catch (error) {
    await release();
    throw error;
  }
}

/**
 * Starts the engine and leaves it up. Returns it, or the one that is up already; `stop` ends it only in the first case.
 */
export async function keepOwnEngine({ say, seal = true, signal }: OwnBuilderOptions): Promise<Builder> {
  const kept = await keptBuilder();
  if (kept !== undefined) return kept;
  const release = await lockState(say, signal);
  try {
    const sinceThen = await keptBuilder();
    if (sinceThen !== undefined) return sinceThen;
    const engine = await startClean({ say, seal, keep: true, signal });
    return await describeOrStop(engine, false, () => stopAndForget(engine));
  } finally {
    await release();
  }
}

/** The engine that `make engine` keeps up; undefined where none is. */
export async function keptBuilder(): Promise<Builder | undefined> {
  const kept = await runningEngine();
  return kept?.keep === true ? describeOwn(kept, false, () => Promise.resolve()) : undefined;
}

/** Stops an engine that was kept. Returns whether there was one; an engine that a run has for itself goes on. */
export async function stopKeptEngine(): Promise<boolean> {
  const kept = await runningEngine();
  if (kept?.keep !== true) return false;
  await stopAndForget(kept);
  return true;
}

type RecordedEngine = OwnEngine & { keep: boolean };

async function recordFile(): Promise<string> {
  return join(await cacheSubfolder('engine'), 'running.json');
}

async function runningEngine(): Promise<RecordedEngine | undefined> {
  const engine = await readRecord();
  return engine !== undefined && (await ping(join(engine.run, 'docker.sock'))) ? engine : undefined;
}

/** Undefined where there is none, or one that a run did not get to write to its end: there was no room, or it was killed. */
async function readRecord(): Promise<RecordedEngine | undefined> {
  try {
    return JSON.parse(await readFile(await recordFile(), 'utf8')) as RecordedEngine;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function stopAndForget(engine: OwnEngine): Promise<void> {
  await stopOwnEngine(engine);
  await rm(await recordFile(), { force: true });
}

/** Starts the engine after what a run that was killed may have left of its own. Call with the state locked. */
async function startClean(options: Parameters<typeof startOwnEngine>[0]): Promise<OwnEngine> {
  const left = await readRecord();
  if (left !== undefined) {
    // The number may be another process's by now: only a rootlesskit with that folder is the engine.
    const command = await readFile(`/proc/${left.pid}/cmdline`, 'utf8').catch(() => '');
    if (processStart(left.pid) !== undefined && command.includes(left.run)) await stopOwnEngine(left);
    else await rm(left.run, { recursive: true, force: true });
  }
  const engine = await startOwnEngine(options);
  await writeFile(await recordFile(), JSON.stringify({ ...engine, keep: options.keep }));
  return engine;
}

async function lockState(say: (line: string) => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  const folder = await cacheSubfolder('engine');
  const lock = { lockfilePath: `${folder}.lock`, record: join(folder, 'owner.json') };
  const since = performance.now();
  for (let isWaiting = false; ; isWaiting = true) {
    signal?.throwIfAborted();
    const attempt = await tryLock(folder, lock);
    if ('release' in attempt) return attempt.release;
    const who = attempt.heldBy === undefined ? '' : ` (process id ${attempt.heldBy.pid})`;
    if (performance.now() - since > WAIT_MINUTES * 60_000) {
      throw noBuilder(
        `another run${who} has used the engine for ${WAIT_MINUTES} minutes`,
        'end it, or set PLATFORM_MARKER_CACHE to a folder of this run’s own',
      );
    }
    if (!isWaiting) say(`another run${who} uses the engine; waiting for it to end`);
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

/** An engine that does not answer as it should is not left up, with its state unlocked for the next one. */
async function describeOrStop(
  engine: OwnEngine,
  exclusive: boolean,
  stop: () => Promise<void>,
): Promise<Builder> {
  try {
    return await describeOwn(engine, exclusive, stop);
  } catch (error) {
    await stopAndForget(engine);
    throw error;
  }
}

async function describeOwn(
  engine: OwnEngine,
  exclusive: boolean,
  stop: () => Promise<void>,
): Promise<Builder> {
  const cli: DockerCli = { docker: engine.docker, buildx: [engine.buildx], env: engine.env };
  const life = watchEngine(engine);
  const [buildx, version, description] = await Promise.all([
    buildxVersion(cli),
    engineVersion(cli),
    inspectBuilder(cli),
  ]);
  return {
    kind: 'own',
    name: engine.sealed ? 'own engine, sealed' : 'own engine',
    driver: description.driver,
    ...cli,
    enter: engine.enter,
    sealed: engine.sealed,
    exclusive,
    ...(engine.unsealedBecause === undefined ? {} : { unsealedBecause: engine.unsealedBecause }),
    platform: version?.platform ?? '',
    versions: { buildx, buildkit: `Docker Engine ${version?.version ?? 'of unknown version'}` },
    buildkit: description.buildkit,
    life,
    stop: () => {
      life.leave();
      return stop();
    },
  };
}
