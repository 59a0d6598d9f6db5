import { join } from 'node:path';
import { runBuildx } from './buildx.ts';
import { CommandError, logEnd } from './commandError.ts';
import { writeContextFile } from './contextFile.ts';
import type { DockerCli } from './dockerCli.ts';

const TRY_MS = 60_000;
/** What is returned of a build that took too long. */
export const NO_ANSWER = 'no answer in time';
/** Where buildx writes what it says of a build, in the build's folder. */
export const METADATA = 'metadata.json';

/**
 * Builds a Dockerfile to see whether it can be built. `folder` is its context, in which the Dockerfile and the metadata are
 * written; `output` is as buildx takes it. Returns the last line of the build's log where it failed, undefined where it did
 * not. Throws a CommandError where it was cancelled.
 */
export async function tryBuild(
  cli: DockerCli,
  {
    folder,
    dockerfile,
    platforms,
    output,
    timeout = TRY_MS,
    signal,
  }: {
    folder: string;
    dockerfile: string;
    platforms: readonly string[];
    output: string;
    timeout?: number | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<string | undefined> {
  await writeContextFile(join(folder, 'Dockerfile'), dockerfile);
  const args = [
    'build',
    '--provenance=false',
    `--metadata-file=${join(folder, METADATA)}`,
    `--platform=${platforms.join(',')}`,
    `--output=${output}`,
    folder,
  ];
  try {
    const env = { BUILDX_METADATA_PROVENANCE: 'max' };
    await runBuildx(cli, args, { env, signal, timeout });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommandError) || error.cancelled) throw error;
    if (error.timedOut) return NO_ANSWER;
    return (logEnd(error.output).split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
  }
}

/**
 * Whether a builder has an image for each platform, or can pull it: a copy mounts the image that it copies into, so that all of
 * its layers have to be there. `folder` and what is returned are as for `tryBuild`.
 */
export function tryImage(
  cli: DockerCli,
  image: string,
  options: Omit<Parameters<typeof tryBuild>[1], 'dockerfile' | 'output'>,
): Promise<string | undefined> {
  const dockerfile = `FROM ${image}\nCOPY Dockerfile /again\n`;
  return tryBuild(cli, { ...options, dockerfile, output: 'type=cacheonly' });
}
