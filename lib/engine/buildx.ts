import { runCommand, type CommandOptions } from './command.ts';
import type { DockerCli } from './dockerCli.ts';

/**
 * Runs buildx with an argument array, `['bake', …]`, in the CLI's environment and what is added to it. Returns what it
 * printed. Throws CommandError when it does not end with 0.
 */
export function runBuildx(
  { buildx, env }: Pick<DockerCli, 'buildx' | 'env'>,
  args: readonly string[],
  options: CommandOptions = {},
): ReturnType<typeof runCommand> {
  const [file, ...first] = buildx;
  return runCommand(file, [...first, ...args], { ...options, env: { ...env, ...options.env } });
}
