import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'zx';
import { wrongInput, type Complaint } from '../fault/fault.ts';
import { spellOption } from '../fault/spelling.ts';

/**
 * The files that a person names to be merged: paths, or patterns of them where no shell has filled these in. Throws a
 * Fault (wrong input) for a name that leads to no file, for a file that is named twice, and for one that the merged report
 * in `out` would be written over.
 */
export async function mergeFiles(names: readonly string[], out: string): Promise<string[]> {
  const complaints: Complaint[] = [];
  const written = await realName(join(out, 'report.json'));
  const seen = new Map<string, string>();
  for (const name of names) {
    const files = await filesOf(name);
    if (files.length === 0) complaints.push({ message: `there is no report at ${name}` });
    for (const file of files) {
      const real = await realName(file);
      const before = seen.get(real);
      if (real === written)
        complaints.push({
          message: 'the merged report would be written over this one',
          place: { file },
          next: `name another folder for it with ${spellOption('OUT', '<folder>')}`,
        });
      else if (before !== undefined)
        complaints.push({ message: `is named twice, also as ${before}`, place: { file } });
      else seen.set(real, file);
    }
  }
  if (complaints.length > 0) throw wrongInput(complaints);
  return [...seen.values()];
}

async function filesOf(name: string): Promise<string[]> {
  const found = await stat(name).catch(() => undefined);
  if (found !== undefined) return found.isDirectory() ? filesOf(join(name, 'report.json')) : [name];
  return (await glob(name)).sort();
}

function realName(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
