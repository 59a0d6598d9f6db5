import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, wrongInput, type Complaint } from '../fault/fault.ts';
import { spellCommand } from '../fault/spelling.ts';
import type { Distro } from '../matrix/types.ts';
import { parsePolicy, requirePolicy } from '../policy/parsePolicy.ts';

/**
 * Makes sure, before anything is built, that each distro has a policy file that BuildKit would read.
 * Throws a Fault (wrong input) with every file that is missing or broken, with line and column.
 */
export async function requirePolicies(distros: readonly Distro[], folder: string): Promise<void> {
  const complaints: Complaint[] = [];
  for (const { name } of distros) {
    const file = join(folder, `${name}.json`);
    try {
      requirePolicy(parsePolicy(file, await readFile(file)));
    } catch (error) {
      if (error instanceof Fault) complaints.push(...error.complaints);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') complaints.push(missing(file));
      else throw error;
    }
  }
  if (complaints.length > 0) throw wrongInput(complaints);
}

function missing(file: string): Complaint {
  return {
    message: `there is no policy at ${file}`,
    next: `run \`${spellCommand('generate')}\` to write it`,
  };
}
