import { dockerCredentials } from '../engine/dockerCredentials.ts';
import type { Builder } from '../engine/builder.ts';
import { Fault } from '../fault/fault.ts';
import { MARKER_PORT } from '../policy/generatePolicy.ts';
import { pushLayout } from '../registry/push/pushLayout.ts';
import { connectRegistry } from '../registry/push/registryClient.ts';
import { formatRemoteRepository, type RemoteRepository } from '../registry/push/remoteRepository.ts';
import { startRegistryProcess } from '../registry/registryProcess.ts';

/** Marker images where the builder can pull them. */
export interface ServedMarkers {
  /** `host:port` on the builder's loopback; `host/repository` of a registry that they were pushed to. */
  address: string;
  /** By repository name, the digest in the one repository that all were pushed to; undefined on loopback. */
  digests?: Readonly<Record<string, string>>;
  /** Aborted with a Fault when what serves them has ended by itself. */
  gone?: AbortSignal;
  close(): Promise<void>;
}

/** The reference that a builder pulls an image by, from the name of its repository (see `repositoriesOf`). */
export function imageAt(
  { address, digests }: Pick<ServedMarkers, 'address' | 'digests'>,
  repository: string,
): string {
  return digests === undefined
    ? `${address}/${repository}:latest`
    : `${address}@${digests[repository] ?? ''}`;
}

/**
 * Puts OCI layouts, by repository name, where the builder can reach them: on its loopback, at the address that policies
 * name, or in the registry that it was given. Where another program has the port on loopback, at another one, with a
 * word about it.
 */
export async function serveMarkers(
  repositories: Record<string, string>,
  builder: Builder,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<ServedMarkers> {
  if (builder.registry !== undefined) return pushMarkers(repositories, builder.registry, say, signal);
  const start = (port: number) =>
    startRegistryProcess({
      repositories,
      port,
      wrap: builder.enter,
      onProblem: say,
      ...(signal ? { signal } : {}),
    });
  try {
    return await start(MARKER_PORT);
  } catch (error) {
    if (!(error instanceof Fault) || !error.message.includes('in use')) throw error;
    const served = await start(0);
    say(
      `port ${MARKER_PORT} is in use: the markers are served at ${served.address}, and policies are copied with that address`,
    );
    return served;
  }
}

/** They stay there: another run may be using the same bytes, and what has no tag is the registry's to take away. */
async function pushMarkers(
  repositories: Record<string, string>,
  registry: RemoteRepository,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<ServedMarkers> {
  const client = await connectRegistry(registry, (host) => dockerCredentials(host, signal), signal);
  const address = formatRemoteRepository(registry);
  const digests: Record<string, string> = {};
  for (const [name, layout] of Object.entries(repositories))
    digests[name] = await pushLayout(layout, client, registry, { signal });
  say(`the markers are pushed to ${address} by digest, and policies are copied with those references`);
  return { address, digests, close: () => Promise.resolve() };
}
