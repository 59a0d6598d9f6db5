import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Builder } from '../engine/builder.ts';
import { cacheFolder } from '../engine/cacheFolder.ts';
import { readDebianMachine } from '../engine/debianMirror.ts';
import { useOwnBuilder } from '../engine/ownBuilder.ts';
import { hasToolPrefix } from '../engine/toolPrefix.ts';
import { Fault } from '../fault/fault.ts';
import { findObstacles, whyNotSealed } from './machine.ts';

/** What the project's own engine is like here: up for now, or possible as far as could be told, or not and why. */
export type OwnEngineState =
  | { builder: Builder }
  /** `sealed` is left out where it would be. */
  | { possible: string; isFetched: boolean; unsealedBecause?: string }
  | { impossible: string; fix: string };

const OTHERWISE =
  'use Docker 25 or later with the containerd image store, or name a builder with BUILDX_BUILDER';

/**
 * Looks at the project's own engine. With `start` it is started, where it has been before: what it is made of is not
 * fetched for this, and no folder is made.
 */
export async function examineOwnEngine(start: boolean, signal: AbortSignal): Promise<OwnEngineState> {
  const isFetched = hasToolPrefix();
  if (start && isFetched && existsSync(join(cacheFolder(), 'engine'))) return startOwn(signal);
  const obstacles = await findObstacles();
  if (obstacles.length > 0) return { impossible: obstacles.join('; '), fix: OTHERWISE };
  const unsealedBecause = await whyNotSealed();
  const sealing = unsealedBecause === undefined ? {} : { unsealedBecause };
  if (isFetched) return { possible: `its packages are in ${cacheFolder()}`, isFetched, ...sealing };
  try {
    const { mirror } = await readDebianMachine();
    return { possible: `its packages (80 MB) would be fetched from ${mirror}`, isFetched, ...sealing };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { impossible: error.complaints[0]?.message ?? '', fix: OTHERWISE };
  }
}

/** The engine as a builder; `stop` is the caller's. A run that has it is not waited for. */
async function startOwn(signal: AbortSignal): Promise<OwnEngineState> {
  const busy = new AbortController();
  try {
    const either = AbortSignal.any([signal, busy.signal]);
    // All that there is to say is that another run has it.
    const builder = await useOwnBuilder({
      signal: either,
      say: () => {
        busy.abort();
      },
    });
    return { builder };
  } catch (error) {
    if (busy.signal.aborted && !signal.aborted)
      return { possible: 'another run has it, which would be waited for', isFetched: true };
    if (!(error instanceof Fault)) throw error;
    const [complaint] = error.complaints;
    return { impossible: complaint?.message ?? error.message, fix: complaint?.next ?? OTHERWISE };
  }
}
