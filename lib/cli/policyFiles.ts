import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { suggestion } from '../fault/didYouMean.ts';
import { Fault, wrongInput } from '../fault/fault.ts';
import { spellCommand, spellOption } from '../fault/spelling.ts';
import type { LintInput } from '../policy/lint/lint.ts';
import { requirePolicy, type PolicyFile } from '../policy/parsePolicy.ts';

/**
 * The policy files of a folder, by name; what begins with a dot is this program's own record. A folder that is not there has
 * none. Throws a Fault (wrong input) for what cannot be read.
 */
export async function readPolicyFolder(folder: string): Promise<LintInput[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw unreadable(relative(process.cwd(), folder) || folder, codeOf(error));
  });
  const policies = names.filter((name) => /^[^.].*\.json$/.test(name)).sort();
  return Promise.all(policies.map((name) => readPolicyFile(join(folder, name))));
}

/** A policy file, named as a person would from where they are. Throws a Fault (wrong input) where there is none. */
export async function readPolicyFile(path: string): Promise<LintInput> {
  const file = relative(process.cwd(), path) || path;
  try {
    // A pipe or a device may have no end.
    if (!(await stat(path)).isFile()) throw wrongInput({ message: 'this is no file', place: { file } });
    return { file, bytes: await readFile(path) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw missing(file, await readdir(dirname(path)).catch(() => []));
    if (codeOf(error) !== undefined) throw unreadable(file, codeOf(error));
    throw error;
  }
}

/** Throws a Fault (wrong input) with what is wrong with each file that BuildKit refuses. */
export function refuseBroken(files: readonly PolicyFile[]): void {
  const complaints = files.flatMap((file) => {
    try {
      requirePolicy(file);
      return [];
    } catch (error) {
      if (error instanceof Fault) return error.complaints;
      throw error;
    }
  });
  if (complaints.length > 0) throw wrongInput(complaints);
}

function missing(file: string, neighbours: readonly string[]): Fault {
  const policies = neighbours.filter((name) => name.endsWith('.json'));
  return wrongInput({
    message: `there is no such file${suggestion(basename(file), policies)}`,
    place: { file },
    next: `name a policy file with ${spellOption('POLICY', '<file>')}, or write the generated ones with \`${spellCommand('generate')}\``,
  });
}

function unreadable(file: string, code = 'unknown'): Fault {
  return wrongInput({ message: `cannot be read (${code})`, place: { file } });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
