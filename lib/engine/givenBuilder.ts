import { noBuilder } from '../fault/fault.ts';
import { spellName, spellOption } from '../fault/spelling.ts';
import type { RemoteRepository } from '../registry/push/remoteRepository.ts';
import type { Builder, BuilderNode } from './builder.ts';
import { separateNodes, type NodeAlone } from './builderNodes.ts';
import { CommandError, logEnd } from './commandError.ts';
import {
  buildxVersion,
  engineVersion,
  inspectBuilder,
  type BuilderDescription,
  type DockerCli,
} from './dockerCli.ts';
import { tryBuilder } from './tryBuilder.ts';

/** A builder that is there, or why it cannot do the job. */
export type GivenBuilder =
  | { builder: Builder }
  | {
      unfit: string;
      /** What would make it fit. */
      next?: string;
      /** The buildx driver of one that was tried. */
      driver?: string;
    };

/** The first with `bake --allow=fs` (docker/buildx `bake/entitlements.go`). */
const BUILDX_MIN = '0.17.0';

/** Whether a version, `0.29.1`, comes before another. What cannot be read as one does not. */
function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/**
 * The builder that buildx uses by itself: `BUILDX_BUILDER`, `DOCKER_HOST`, or the current one. Whether it is fit is
 * tried on each of its machines, not read off its description (see `tryBuilder`). With `registry` the images of a run
 * are to be pulled from there, else from the loopback.
 *
 * @throws {Fault} (wrong input) where the registry cannot be pushed to; (no builder) where the builder cannot pull from it.
 */
export async function findGivenBuilder(
  signal?: AbortSignal,
  registry?: RemoteRepository,
): Promise<GivenBuilder> {
  const cli: DockerCli = { docker: 'docker', buildx: ['docker', 'buildx'], env: {} };
  try {
    const buildx = await buildxVersion(cli, signal);
    if (isOlder(buildx, BUILDX_MIN)) return { unfit: `buildx ${buildx} is older than ${BUILDX_MIN}` };
    const description = await inspectBuilder(cli, signal);
    if (description.error !== '') return { unfit: describeText(description.error) };
    const engine = await engineVersion(cli, signal);
    const separated = await separateNodes(description.name);
    const tried = await tryNodes(cli, description, separated.nodes, {
      registry,
      engine: engine?.platform,
      signal,
    }).catch(async (error: unknown) => {
      await separated.close();
      throw error;
    });
    if ('unfit' in tried) {
      await separated.close();
      return { ...tried, driver: description.driver };
    }
    const [first, ...others] = tried;
    return {
      builder: {
        kind: 'given',
        name: `${description.name} (${description.driver})`,
        driver: description.driver,
        ...cli,
        enter: [],
        ...(registry === undefined ? {} : { registry }),
        sealed: false,
        exclusive: false,
        platform: first.platform,
        ...(others.length === 0 ? {} : { nodes: tried }),
        versions: {
          buildx,
          buildkit:
            description.driver === 'docker' ? `Docker Engine ${engine?.version ?? ''}` : description.buildkit,
        },
        buildkit: description.buildkit,
        stop: separated.close,
      },
    };
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    return { unfit: describeFailure(error) };
  }
}

/** The machines of a builder as each has shown itself, or what the first that is unfit cannot do. */
async function tryNodes(
  cli: DockerCli,
  { name, driver }: BuilderDescription,
  separate: readonly NodeAlone[],
  {
    registry,
    engine,
    signal,
  }: {
    registry?: RemoteRepository | undefined;
    engine?: string | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<[BuilderNode, ...BuilderNode[]] | { unfit: string; next?: string }> {
  const called = `builder "${name}" (${driver})`;
  const alone = separate.length === 0 ? [{ name, env: {} }] : separate;
  const nodes: BuilderNode[] = [];
  for (const node of alone) {
    const named = separate.length === 0 ? called : `node "${node.name}" of ${called}`;
    const trial = await tryBuilder({ ...cli, env: { ...cli.env, ...node.env } }, signal, registry);
    if ('unfit' in trial) {
      if (trial.pulls === undefined) return { unfit: `${named} ${trial.unfit}` };
      if (registry !== undefined) throw noBuilder(`${named} ${trial.unfit}`, pullAdvice(registry));
      return { unfit: `${named} ${trial.unfit}`, next: otherWay() };
    }
    const [platform = engine, ...others] = trial.platforms;
    if (others.length > 0)
      return { unfit: `${named} has nodes of several platforms (${[platform, ...others].join(', ')})` };
    if (platform === undefined) return { unfit: `${named} does not say which platform it is of` };
    nodes.push({ ...node, platform, buildPlatform: trial.buildPlatform ?? platform });
  }
  return nodes as [BuilderNode, ...BuilderNode[]];
}

/** Beside an engine of the project's own. */
function otherWay(): string {
  const option = spellOption('MARKER_REGISTRY', 'host/repository');
  return `to build on it all the same, name a registry that both it and this machine can reach: ${option}`;
}

function pullAdvice({ host }: RemoteRepository): string {
  return `let it trust the registry ([registry."${host}"] in its buildkitd.toml) and reach it by that name, or leave ${spellName('MARKER_REGISTRY')} out and take ${spellOption('BUILDER', 'own')}`;
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
