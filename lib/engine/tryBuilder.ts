import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistryProcess } from '../registry/registryProcess.ts';
import type { Builder } from './builder.ts';
import { runBuildx } from './buildx.ts';
import { CommandError, logEnd } from './commandError.ts';
import { normalizedPlatform, type DockerCli } from './dockerCli.ts';

const PLATFORMS = 'linux/amd64,linux/arm64';
const TRY_MS = 60_000;
const METADATA = 'metadata.json';

/** How a builder is called, and what is put before a command that has to share its loopback, where that is not this one’s. */
type Reached = DockerCli & Partial<Pick<Builder, 'enter'>>;

/** What a trial came to: what the builder cannot do, half a sentence to go behind its name, or what it is of. */
export type Trial =
  | { unfit: string }
  /** The platforms of the machines that built, normalized; empty where the builder writes no provenance. */
  | { platforms: readonly string[] };

/**
 * Tries what every run needs of a builder: that it builds for a native and a foreign platform at once and exports an OCI
 * layout, and that it can pull from the loopback, where marker images are served.
 */
export async function tryBuilder(cli: Reached, signal?: AbortSignal): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-try-'));
  try {
    const layout = join(folder, 'layout');
    const unfit =
      (await tryExport(cli, folder, layout, signal)) ?? (await tryLoopback(cli, folder, layout, signal));
    if (unfit !== undefined) return { unfit };
    return { platforms: await readPlatforms(join(folder, METADATA)) };
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

async function tryExport(
  cli: DockerCli,
  folder: string,
  layout: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const output = `type=oci,tar=false,dest=${layout}`;
  const error = await tryBuild(cli, folder, 'FROM scratch\nCOPY Dockerfile /\n', output, signal);
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
    const dockerfile = `FROM ${served.address}/try:latest\nCOPY Dockerfile /again\n`;
    const error = await tryBuild(cli, folder, dockerfile, 'type=cacheonly', signal);
    return error === undefined ? undefined : `cannot pull from this machine’s loopback: ${error}`;
  } finally {
    await served.close();
  }
}

/** The last line of a build that failed; undefined where it did not. */
async function tryBuild(
  cli: DockerCli,
  folder: string,
  dockerfile: string,
  output: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  const args = [
    'build',
    '--provenance=false',
    `--metadata-file=${join(folder, METADATA)}`,
    `--platform=${PLATFORMS}`,
    `--output=${output}`,
    folder,
  ];
  try {
    const env = { BUILDX_METADATA_PROVENANCE: 'max' };
    await runBuildx(cli, args, { env, signal, timeout: TRY_MS });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return (logEnd(error.output).split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
  }
}
