import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLONE, runVerb } from './verbs.ts';

/** The base of a distro of a test's project, at a host that there cannot be (RFC 2606): always a stand-in. */
export const baseOf = (distro: string): string => `registry.invalid/test/${distro}:1`;

/**
 * A project beside the clone: a distros.yaml with these distros and what `make generate` makes of it. Its subject is the
 * built-in one, or the text of a Dockerfile. `bases` says which of them have another base.
 */
export async function writeProject(
  folder: string,
  distros: readonly string[],
  subject?: string,
  bases: Readonly<Record<string, string>> = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const dockerfile = subject === undefined ? join(CLONE, 'stages/worker.Dockerfile') : 'subject/Dockerfile';
  if (subject !== undefined) {
    await mkdir(join(folder, 'subject'));
    await writeFile(join(folder, 'subject/Dockerfile'), subject);
  }
  const matrix = {
    platforms: ['linux/amd64', 'linux/arm64'],
    distros: distros.map((name) => ({
      name,
      base: bases[name] ?? baseOf(name),
      manager: 'dnf',
      release: '1',
    })),
    subjects: [
      {
        name: 'subject',
        dockerfile,
        target: 'worker',
        'worker-context': 'worker',
        args: { BASE: '{base}', ...(subject === undefined ? { INSTALL: '{install}' } : {}) },
      },
    ],
  };
  await writeFile(join(folder, 'distros.yaml'), stringify(matrix));
  const { status, stderr } = await runVerb('generate', {}, folder);
  if (status !== 0) throw new Error(`make generate ended with ${String(status)}:\n${stderr}`);
}
