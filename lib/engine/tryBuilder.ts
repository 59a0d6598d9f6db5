import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spellOption } from '../fault/spelling.ts';
import { listImages } from '../oci/images.ts';
import { openLayout } from '../oci/blobs.ts';
import { pushLayout } from '../registry/push/pushLayout.ts';
import { connectRegistry } from '../registry/push/registryClient.ts';
import { formatRemoteRepository, type RemoteRepository } from '../registry/push/remoteRepository.ts';
import { startRegistryProcess } from '../registry/registryProcess.ts';
import type { Builder } from './builder.ts';
import { dockerCredentials } from './dockerCredentials.ts';
import { normalizedPlatform, type DockerCli } from './dockerCli.ts';
import { METADATA, tryBuild, tryImage } from './tryBuild.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const LABEL = 'platform-marker.build-platform';

/** How a builder is called, and what is put before a command that has to share its loopback, where that is not this one’s. */
type Reached = DockerCli & Partial<Pick<Builder, 'enter'>>;

/** What a trial came to. */
export type Trial =
  /** What the builder cannot do, half a sentence to go behind its name, and whether all it lacks is a way to the markers. */
  | { unfit: string; pulls?: false }
  | {
      /** The platforms of the machines that built, normalized; empty where the builder writes no provenance. */
      platforms: readonly string[];
      /** What the build was told that the build platform is. */
      buildPlatform: string | undefined;
    };

/**
 * Tries what every run needs of a builder: that it builds for a native and a foreign platform at once and exports an OCI
 * layout, and that it can pull from where marker images are put, which is its loopback or the registry given.
 *
 * @throws {Fault} (wrong input) where the registry cannot be pushed to.
 */
export async function tryBuilder(
  cli: Reached,
  signal?: AbortSignal,
  registry?: RemoteRepository,
): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-try-'));
  try {
    const layout = join(folder, 'layout');
    const unfit = await tryExport(cli, folder, layout, signal);
    if (unfit !== undefined) return { unfit };
    const unreached =
      registry === undefined
        ? await tryLoopback(cli, folder, layout, signal)
        : await tryRegistry(cli, folder, layout, registry, signal);
    if (unreached !== undefined) return { unfit: unreached, pulls: false };
    return {
      platforms: await readPlatforms(join(folder, METADATA)),
      buildPlatform: await readBuildPlatform(layout),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A predicate, SLSA v0.2 or v1, in as far as it says which machine built (BuildKit solver/llbsolver/provenance/types). */
interface Predicate {
  invocation?: { environment?: { platform?: string } };
  buildDefinition?: { internalParameters?: { builderPlatform?: string } };
}

/** Of the last build alone: buildx before 0.31 writes no provenance of an image of several platforms that it exports. */
async function readPlatforms(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const metadata = JSON.parse(text) as Record<string, Predicate>;
  const found = Object.entries(metadata).flatMap(([key, predicate]) => {
    if (!key.startsWith('buildx.build.provenance')) return [];
    const { invocation, buildDefinition } = predicate;
    return invocation?.environment?.platform ?? buildDefinition?.internalParameters?.builderPlatform ?? [];
  });
  return [...new Set(found.map(normalizedPlatform))];
}

/** As the label that the trial's image has got from the build. */
async function readBuildPlatform(path: string): Promise<string | undefined> {
  const layout = await openLayout(path);
  try {
    const [image] = (await listImages(layout)).images;
    const label = image?.config.config?.Labels?.[LABEL];
    return label === undefined ? undefined : normalizedPlatform(label);
  } finally {
    await layout.close();
  }
}

async function tryExport(
  cli: DockerCli,
  folder: string,
  layout: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const output = `type=oci,tar=false,dest=${layout}`;
  const dockerfile = `FROM scratch\nARG BUILDPLATFORM\nLABEL ${LABEL}=$BUILDPLATFORM\nCOPY Dockerfile /\n`;
  const error = await tryBuild(cli, { folder, dockerfile, platforms: PLATFORMS, output, signal });
  if (error !== undefined) return `cannot build several platforms into an OCI layout: ${error}`;
  const text = await readFile(join(layout, 'index.json'), 'utf8').catch(() => '{}');
  const { manifests } = JSON.parse(text) as { manifests?: { mediaType?: string }[] };
  const isIndex = manifests?.length === 1 && manifests[0]?.mediaType?.includes('index') === true;
  return isIndex ? undefined : 'exports an OCI layout without an image index';
}

async function tryLoopback(
  cli: Reached,
  folder: string,
  layout: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const repositories = { try: layout };
  const served = await startRegistryProcess({
    repositories,
    port: 0,
    onProblem: () => undefined,
    wrap: cli.enter ?? [],
    ...(signal ? { signal } : {}),
  });
  try {
    const image = `${served.address}/try:latest`;
    const error = await tryImage(cli, image, { folder, platforms: PLATFORMS, signal });
    return error === undefined ? undefined : `cannot pull from this machine’s loopback: ${error}`;
  } finally {
    await served.close();
  }
}

async function tryRegistry(
  cli: DockerCli,
  folder: string,
  layout: string,
  registry: RemoteRepository,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const client = await connectRegistry(registry, (host) => dockerCredentials(host, signal), signal);
  const repository = formatRemoteRepository(registry);
  const digest = await pushLayout(layout, client, registry, { signal });
  const image = `${repository}@${digest}`;
  const error = await tryImage(cli, image, { folder, platforms: PLATFORMS, signal });
  const named = spellOption('MARKER_REGISTRY', repository);
  return error === undefined ? undefined : `cannot pull from ${named}: ${error}`;
}
