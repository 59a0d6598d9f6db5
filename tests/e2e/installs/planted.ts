import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBake } from '../../../lib/bake/runBake.ts';
import type { Builder } from '../../../lib/engine/builder.ts';
import { baseOf } from '../project.ts';
import { CLONE } from '../verbs.ts';

const DOCKERFILE = fileURLToPath(new URL('plant.Dockerfile', import.meta.url));
const PLATFORM = 'linux/arm64';

/** A distro whose kept downloads are looked at: its name, and the manager that its base is driven with. */
export interface Kept {
  name: string;
  manager: 'apt' | 'dnf';
}

/** Builds `plant-…` or `kept-…` for each distro, on a base as an OCI layout; returns the lines of each file that they leave. */
export async function lookAtKept(
  what: 'plant' | 'kept',
  distros: readonly Kept[],
  { builder, layout, folder }: { builder: Builder; layout: string; folder: string },
): Promise<Record<string, string[]>[]> {
  const dest = ({ name }: Kept) => join(folder, `${what}-${name}`);
  const target = Object.fromEntries(
    distros.map((distro) => [
      distro.name,
      {
        context: join(DOCKERFILE, '..'),
        dockerfile: DOCKERFILE,
        target: `${what}-${distro.manager}`,
        args: { BASE: baseOf(distro.name) },
        contexts: { base: `oci-layout://${layout}:latest`, install: join(CLONE, 'stages/install') },
        platforms: [PLATFORM],
        output: [`type=local,dest=${dest(distro)}`],
      },
    ]),
  );
  const file = join(folder, `${what}.json`);
  await writeFile(file, JSON.stringify({ target }));
  await runBake(builder, { files: [file], targets: distros.map(({ name }) => name) });
  const names = what === 'plant' ? ['spoilt'] : ['kept', 'right'];
  return Promise.all(
    distros.map(async (distro) => {
      const lines = async (name: string) =>
        (await readFile(join(dest(distro), name), 'utf8')).split('\n').filter(Boolean).sort();
      return Object.fromEntries(
        await Promise.all(names.map(async (name) => [name, await lines(name)] as const)),
      );
    }),
  );
}
