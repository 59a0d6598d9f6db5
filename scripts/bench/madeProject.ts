import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { formatBakeData } from '../../lib/bake/bakeData.ts';
import { own, project } from '../../lib/cli/paths.ts';
import { cacheSubfolder } from '../../lib/engine/cacheFolder.ts';
import { committedBakeData } from '../../lib/flow/committedBakeData.ts';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import type { Matrix } from '../../lib/matrix/types.ts';
import { callVerb } from './verb.ts';

/** A registry that nothing can reach (RFC 2606): every base of it is a stand-in, on any machine. */
const NO_REGISTRY = 'registry.invalid';

/** Where a project is that was made, and what its runs need. */
export interface MadeProject {
  folder: string;
  out: string;
  env: Record<string, string>;
  matrix: Matrix;
}

/**
 * Writes a project of so many made-up distros, with all that `make generate` makes in a clone: it can be baked by hand. Its
 * bases and seals go to a cache folder of its own, which shares the engine with the real one, so that all of it is gone with
 * the folder.
 */
export async function makeProject(
  root: string,
  size: number,
  signal: AbortSignal,
  platforms: readonly string[] = ['linux/amd64', 'linux/arm64'],
): Promise<MadeProject> {
  const [folder, cache] = [join(root, 'project'), join(root, 'cache')];
  await mkdir(folder, { recursive: true });
  await mkdir(cache);
  for (const shared of ['tools', 'engine']) await symlink(await cacheSubfolder(shared), join(cache, shared));
  await cp(own.stages, join(folder, 'stages'), { recursive: true });
  await cp(own.bakeFile, join(folder, 'docker-bake.hcl'));
  await writeFile(join(folder, 'distros.yaml'), await distrosYaml(size, platforms));
  const env = { PLATFORM_MARKER_CACHE: cache };
  await callVerb('generate', [], { folder, env, signal });
  const matrix = await readMatrix(join(folder, 'distros.yaml'));
  // `generate` writes it in the clone alone.
  await writeFile(join(folder, 'docker-bake.json'), formatBakeData(committedBakeData(matrix)));
  return { folder, out: join(folder, 'out'), env, matrix };
}

/** The base of a made-up distro, by its number from 1 on. */
export function madeBase(at: number): string {
  return `${NO_REGISTRY}/made/${nameOf(at)}:1`;
}

function nameOf(at: number): string {
  return `made-${String(at).padStart(3, '0')}`;
}

/** This project's subjects, and distros that there are not. */
async function distrosYaml(size: number, platforms: readonly string[]): Promise<string> {
  const { subjects } = parse(await readFile(project.distros, 'utf8')) as { subjects: unknown };
  const distros = Array.from({ length: size }, (_, at) => ({
    name: nameOf(at + 1),
    base: madeBase(at + 1),
    manager: 'apt',
  }));
  return stringify({ platforms, distros, subjects });
}
