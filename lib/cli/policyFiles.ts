import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import type { LintInput } from '../policy/lint/lint.ts';

/** The policy files of a folder, by name; what begins with a dot is this program's own record. */
export async function readPolicyFolder(folder: string): Promise<LintInput[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.json$/.test(name)).sort();
  return Promise.all(names.map((name) => readPolicyFile(join(folder, name))));
}

/** A policy file, named as a person would from where they are. Throws a Fault (wrong input) where there is none. */
export async function readPolicyFile(path: string): Promise<LintInput> {
  const file = relative(process.cwd(), path) || path;
  const bytes = await readFile(path).catch((error: unknown) => {
    throw wrongInput({
      message: `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      next: 'name a policy file with POLICY=, or write the generated ones with `make generate`',
    });
  });
  return { file, bytes };
}
