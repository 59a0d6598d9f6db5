import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import { runBuildx } from './buildx.ts';
import { runCommand } from './command.ts';

/** A Docker CLI and what is added to the environment of its calls. */
export interface DockerCli {
  docker: string;
  /** What buildx is called by: its own program where it is known, which the CLI takes a third of a second to start. */
  buildx: readonly [file: string, ...args: string[]];
  env: Readonly<Record<string, string>>;
}

/** What `docker buildx inspect` says of a builder. */
export interface BuilderDescription {
  name: string;
  /** Empty where buildx cannot reach it. */
  driver: string;
  buildkit: string;
  /** Why it cannot be used, as buildx says it; inspecting it succeeds all the same. */
  error: string;
}

/** The builder that buildx would use, or the one named in the environment. Throws CommandError where there is none. */
export async function inspectBuilder(cli: DockerCli, signal?: AbortSignal): Promise<BuilderDescription> {
  const { stdout } = await runBuildx(cli, ['inspect'], {
    signal,
    timeout: 30_000,
  });
  const field = (name: string) => new RegExp(`^${name}:\\s*(.+)$`, 'm').exec(stdout)?.[1]?.trim() ?? '';
  return {
    name: field('Name'),
    driver: field('Driver'),
    buildkit: field('BuildKit version'),
    error: field('Error'),
  };
}

/** A platform as Docker writes it, in the form that everything here is compared in; left as it is where it is none. */
export function normalizedPlatform(text: string): string {
  try {
    return formatPlatform(parsePlatform(text));
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}

/** buildx's version, `0.29.1`. Throws CommandError where the CLI or its plugin is missing. */
export async function buildxVersion(cli: DockerCli, signal?: AbortSignal): Promise<string> {
  const { stdout } = await runBuildx(cli, ['version'], {
    signal,
    timeout: 30_000,
  });
  return /\bv?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? stdout.trim();
}

/** The engine's version and platform where the CLI speaks to one; undefined for builders without an engine. */
export async function engineVersion(
  cli: DockerCli,
  signal?: AbortSignal,
): Promise<{ version: string; platform: string } | undefined> {
  const format = '{{.Server.Version}} {{.Server.Os}}/{{.Server.Arch}}';
  try {
    const { stdout } = await runCommand(cli.docker, ['version', '--format', format], {
      env: cli.env,
      signal,
      timeout: 30_000,
    });
    const [version = '', platform = ''] = stdout.trim().split(' ');
    return version === '' ? undefined : { version, platform: normalizedPlatform(platform) };
  } catch {
    return undefined;
  }
}
