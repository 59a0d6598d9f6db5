import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { own, project } from '../../lib/cli/paths.ts';
import { cacheSubfolder } from '../../lib/engine/cacheFolder.ts';
import { runVerb } from './verb.ts';

/** A registry that nothing can reach (RFC 2606): every base of it is a stand-in, on any machine. */
const NO_REGISTRY = 'registry.invalid';

/**
 * Writes a project of so many made-up distros, with all that `make generate` makes. Its bases and seals go to a cache folder
 * of its own, which shares the engine with the real one, so that all of it is gone with the folder.
 */
export async function makeProject(
  root: string,
  size: number,
  signal: AbortSignal,
): Promise<{ folder: string; out: string; env: Record<string, string> }> {
  const [folder, cache] = [join(root, 'project'), join(root, 'cache')];
  await mkdir(folder, { recursive: true });
  await mkdir(cache);
  for (const shared of ['tools', 'engine']) await symlink(await cacheSubfolder(shared), join(cache, shared));
  await cp(own.stages, join(folder, 'stages'), { recursive: true });
  await writeFile(join(folder, 'distros.yaml'), await distrosYaml(size));
  const env = { PLATFORM_MARKER_CACHE: cache };
  await runVerb('generate', [], { folder, env, signal });
  return { folder, out: join(folder, 'out'), env };
}

/** This project's subjects, and distros that there are not. */
async function distrosYaml(size: number): Promise<string> {
  const { subjects } = parse(await readFile(project.distros, 'utf8')) as { subjects: unknown };
  const distros = Array.from({ length: size }, (_, at) => {
    const name = `made-${String(at + 1).padStart(3, '0')}`;
    return { name, base: `${NO_REGISTRY}/made/${name}:1`, manager: 'apt' };
  });
  return stringify({ platforms: ['linux/amd64', 'linux/arm64'], distros, subjects });
}
