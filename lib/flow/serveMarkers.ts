import type { Builder } from '../engine/builder.ts';
import { Fault } from '../fault/fault.ts';
import { MARKER_REGISTRY } from '../policy/generatePolicy.ts';
import { startRegistryProcess } from '../registry/registryProcess.ts';

/** Marker images on the builder's loopback. */
export interface ServedMarkers {
  /** `host:port`. */
  address: string;
  close(): Promise<void>;
}

/**
 * Serves OCI layouts, by repository name, where the builder can reach them: on its loopback, at the address that
 * policies name. Where another program has that port, at another one, with a word about it.
 */
export async function serveMarkers(
  repositories: Record<string, string>,
  builder: Builder,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<ServedMarkers> {
  const start = (port: number) =>
    startRegistryProcess({
      repositories,
      port,
      wrap: builder.enter,
      onProblem: say,
      ...(signal ? { signal } : {}),
    });
  const port = Number(MARKER_REGISTRY.split(':')[1]);
  try {
    return await start(port);
  } catch (error) {
    if (!(error instanceof Fault) || !error.message.includes('in use')) throw error;
    const served = await start(0);
    say(
      `port ${port} is in use: the markers are served at ${served.address}, and policies are copied with that address`,
    );
    return served;
  }
}
