import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import { noBuilder } from '../fault/fault.ts';
import type { Builder } from './builder.ts';
import { cacheSubfolder } from './cacheFolder.ts';
import { buildxVersion, engineVersion, inspectBuilder } from './dockerCli.ts';
import { isRunning, startOwnEngine, stopOwnEngine, type OwnEngine } from './ownEngine.ts';
import { ping } from './ping.ts';

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
  const kept = await runningEngine();
  if (kept?.keep === true) return describeOwn(kept, () => Promise.resolve());
  const release = await lockState(say, signal);
  try {
    const engine = await startClean({ say, seal, keep: false, signal });
    return await describeOwn(engine, async () => {
      await stopOwnEngine(engine);
      await forget();
      await release();
    });
  } catch (error) {
    await release();
    throw error;
  }
}

/** Starts the engine and leaves it up. Returns it, or the one that is up already. */
export async function keepOwnEngine({ say, seal = true, signal }: OwnBuilderOptions): Promise<Builder> {
  const kept = await runningEngine();
  if (kept?.keep === true) return describeOwn(kept, () => Promise.resolve());
  const release = await lockState(say, signal);
  try {
    const engine = await startClean({ say, seal, keep: true, signal });
    return await describeOwn(engine, () => Promise.resolve());
  } finally {
    await release();
  }
}

/** Stops an engine that was kept. Returns whether there was one. */
export async function stopKeptEngine(): Promise<boolean> {
  const kept = await runningEngine();
  if (kept === undefined) return false;
  await stopOwnEngine(kept);
  await forget();
  return true;
}

type RecordedEngine = OwnEngine & { keep: boolean };

async function recordFile(): Promise<string> {
  return join(await cacheSubfolder('engine'), 'running.json');
}

async function runningEngine(): Promise<RecordedEngine | undefined> {
  const text = await readFile(await recordFile(), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const engine = JSON.parse(text) as RecordedEngine;
  return (await ping(join(engine.run, 'docker.sock'))) ? engine : undefined;
}

async function forget(): Promise<void> {
  await rm(await recordFile(), { force: true });
}

/** Starts the engine after what a run that was killed may have left of its own. Call with the state locked. */
async function startClean(options: Parameters<typeof startOwnEngine>[0]): Promise<OwnEngine> {
  const left = await readFile(await recordFile(), 'utf8').catch(() => undefined);
  if (left !== undefined) {
    const engine = JSON.parse(left) as RecordedEngine;
    // The number may be another process's by now: only a rootlesskit with that folder is the engine.
    const command = await readFile(`/proc/${engine.pid}/cmdline`, 'utf8').catch(() => '');
    if (isRunning(engine.pid) && command.includes(engine.run)) await stopOwnEngine(engine);
    else await rm(engine.run, { recursive: true, force: true });
  }
  const engine = await startOwnEngine(options);
  await writeFile(await recordFile(), JSON.stringify({ ...engine, keep: options.keep }));
  return engine;
}

async function lockState(say: (line: string) => void, signal?: AbortSignal): Promise<() => Promise<void>> {
  const folder = await cacheSubfolder('engine');
  const deadline = Date.now() + WAIT_MINUTES * 60_000;
  for (let waiting = false; ; waiting = true) {
    try {
      return await lock(folder, { stale: 10_000, update: 2_000, onCompromised: () => undefined });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (Date.now() > deadline) {
        throw noBuilder(
          `another run has used the engine for ${WAIT_MINUTES} minutes`,
          'end it, or set PLATFORM_MARKER_CACHE to a folder of this run’s own',
        );
      }
      if (!waiting) say('another run uses the engine; waiting for it to end');
      await new Promise((resolve) => setTimeout(resolve, 500));
      signal?.throwIfAborted();
    }
  }
}

async function describeOwn(engine: OwnEngine, stop: () => Promise<void>): Promise<Builder> {
  const cli = { docker: engine.docker, env: engine.env };
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
    ...(engine.unsealedBecause === undefined ? {} : { unsealedBecause: engine.unsealedBecause }),
    platform: version?.platform ?? '',
    versions: { buildx, buildkit: `Docker Engine ${version?.version ?? 'of unknown version'}` },
    stop,
  };
}
