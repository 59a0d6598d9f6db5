import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Writes a distros.yaml of these distros, each with the base that is given, and nothing of what is generated from it. */
export async function writeMatrix(
  folder: string,
  bases: Readonly<Record<string, string>>,
  platforms: readonly string[] = ['linux/amd64', 'linux/arm64'],
): Promise<void> {
  const distros = Object.entries(bases).map(([name, base]) => ({ name, base, manager: 'apt' }));
  const subjects = [{ name: 'subject', dockerfile: 'subject/Dockerfile', 'worker-context': 'worker' }];
  await writeFile(join(folder, 'distros.yaml'), stringify({ platforms, distros, subjects }));
}

/** Writes `policies/<name>.json` for each name. */
export async function writePolicies(
  folder: string,
  policies: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  await mkdir(join(folder, 'policies'), { recursive: true });
  for (const [name, content] of Object.entries(policies)) {
    await writeFile(join(folder, `policies/${name}.json`), content);
  }
}
