import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Builder } from './builder.ts';
import { CommandError, logEnd, runCommand } from './command.ts';
import { buildxVersion, engineVersion, inspectBuilder, type DockerCli } from './dockerCli.ts';

/** A builder that is there, or why it cannot do the job. */
export type GivenBuilder = { builder: Builder } | { unfit: string };

/**
 * The builder that buildx uses by itself: `BUILDX_BUILDER`, `DOCKER_HOST`, or the current one. It is fit when it builds
 * for both a native and a foreign platform and exports an OCI layout: that is tried, not read off its description.
 */
export async function findGivenBuilder(signal?: AbortSignal): Promise<GivenBuilder> {
  const cli: DockerCli = { docker: 'docker', env: {} };
  try {
    const buildx = await buildxVersion(cli, signal);
    const description = await inspectBuilder(cli, signal);
    const engine = await engineVersion(cli, signal);
    const platform = engine?.platform ?? `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const unfit = await tryMultiPlatformOci(cli, signal);
    if (unfit !== undefined)
      return { unfit: `builder "${description.name}" (${description.driver}) ${unfit}` };
    return {
      builder: {
        kind: 'given',
        name: `${description.name} (${description.driver})`,
        driver: description.driver,
        ...cli,
        enter: [],
        sealed: false,
        platform,
        versions: {
          buildx,
          buildkit:
            description.driver === 'docker' ? `Docker Engine ${engine?.version ?? ''}` : description.buildkit,
        },
        stop: () => Promise.resolve(),
      },
    };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return { unfit: describeFailure(error) };
  }
}

function describeFailure(error: CommandError): string {
  if (/not found/.test(error.message.split('\n')[0] ?? '')) return 'no docker command is installed';
  if (/is not a docker command|unknown command: docker buildx|unknown flag/i.test(error.output))
    return 'docker has no buildx plugin';
  if (
    /cannot connect to the docker daemon|failed to connect to the docker api|is the docker daemon running/i.test(
      error.output,
    )
  ) {
    return 'no Docker engine answers';
  }
  return `${error.command} failed: ${logEnd(error.output).split('\n').at(-1) ?? ''}`;
}

async function tryMultiPlatformOci(cli: DockerCli, signal?: AbortSignal): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-try-'));
  try {
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    const output = `--output=type=oci,tar=false,dest=${join(folder, 'layout')}`;
    const args = [
      'buildx',
      'build',
      '--provenance=false',
      '--platform=linux/amd64,linux/arm64',
      output,
      folder,
    ];
    await runCommand(cli.docker, args, { env: cli.env, signal, timeout: 60_000 });
    const index = JSON.parse(await readFile(join(folder, 'layout/index.json'), 'utf8')) as {
      manifests?: unknown[];
    };
    return index.manifests?.length === 1 ? undefined : 'exports an OCI layout without an image index';
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    const why = logEnd(error.output).split('\n').at(-1) ?? '';
    return `cannot build several platforms into an OCI layout: ${why.replace(/^ERROR:\s*/, '')}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
