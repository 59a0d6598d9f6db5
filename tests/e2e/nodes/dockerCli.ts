import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolPrefix } from '../../../lib/engine/toolPrefix.ts';

const PLUGIN = 'usr/libexec/docker/cli-plugins/docker-buildx';

/**
 * What makes the prefix's Docker CLI the one that a person has: on their path, with buildx, and with `config` as their
 * configuration in a folder of the test's own.
 */
export async function dockerCli(
  prefix: ToolPrefix,
  folder: string,
  config: unknown = {},
): Promise<{ PATH: string; DOCKER_CONFIG: string }> {
  await mkdir(join(folder, 'cli-plugins'), { recursive: true });
  await symlink(join(prefix.root, PLUGIN), join(folder, 'cli-plugins/docker-buildx'));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return { PATH: `${join(prefix.root, 'usr/bin')}:${process.env['PATH'] ?? ''}`, DOCKER_CONFIG: folder };
}
