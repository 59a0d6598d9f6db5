import type { Builder } from './builder.ts';
import { CommandError, logEnd } from './commandError.ts';
import { buildxVersion, engineVersion, inspectBuilder, type DockerCli } from './dockerCli.ts';
import { tryBuilder } from './tryBuilder.ts';

/** A builder that is there, or why it cannot do the job. */
export type GivenBuilder = { builder: Builder } | { unfit: string };

/** The first with `bake --allow=fs` (docker/buildx `bake/entitlements.go`). */
const BUILDX_MIN = '0.17.0';

/** Whether a version, `0.29.1`, comes before another. What cannot be read as one does not. */
function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/**
 * The builder that buildx uses by itself: `BUILDX_BUILDER`, `DOCKER_HOST`, or the current one. Whether it is
 * fit is tried, not read off its description (see `tryBuilder`).
 */
export async function findGivenBuilder(signal?: AbortSignal): Promise<GivenBuilder> {
  const cli: DockerCli = { docker: 'docker', buildx: ['docker', 'buildx'], env: {} };
  try {
    const buildx = await buildxVersion(cli, signal);
    if (isOlder(buildx, BUILDX_MIN)) return { unfit: `buildx ${buildx} is older than ${BUILDX_MIN}` };
    const description = await inspectBuilder(cli, signal);
    if (description.error !== '') return { unfit: describeText(description.error) };
    const engine = await engineVersion(cli, signal);
    const named = `builder "${description.name}" (${description.driver})`;
    const trial = await tryBuilder(cli, signal);
    if ('unfit' in trial) return { unfit: `${named} ${trial.unfit}` };
    const [platform = engine?.platform, ...others] = trial.platforms;
    if (others.length > 0)
      return { unfit: `${named} has nodes of several platforms (${[platform, ...others].join(', ')})` };
    if (platform === undefined) return { unfit: `${named} does not say which platform it is of` };
    return {
      builder: {
        kind: 'given',
        name: `${description.name} (${description.driver})`,
        driver: description.driver,
        ...cli,
        enter: [],
        sealed: false,
        exclusive: false,
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
  return describeText(error.output, `${error.command} failed: `);
}

const NO_ENGINE =
  /cannot connect to the docker daemon|failed to connect to the docker api|is the docker daemon running/i;

function describeText(text: string, before = ''): string {
  return NO_ENGINE.test(text) ? 'no Docker engine answers' : before + (logEnd(text).split('\n').at(-1) ?? '');
}
