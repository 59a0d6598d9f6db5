import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import { parseImageRef } from '../../lib/matrix/imageRef.ts';
import type { Distro } from '../../lib/matrix/types.ts';
import { carryOut } from '../../lib/policy/plannedFile.ts';
import { planPolicies } from '../../lib/policy/planPolicies.ts';

export type NamedBase = Pick<Distro, 'name' | 'ref'>;

export const distro = (name: string, base = `${name}:1`): NamedBase => ({ name, ref: parseImageRef(base) });
export const A = distro('a');
export const B = distro('b');

/** A policy that nothing generates. */
export const HAND = '{ "rules": [] }\n';

export interface Folder {
  folder: string;
  read: (name: string) => Promise<string>;
  write: (name: string, text: string) => Promise<void>;
}

/** Tests that get an empty folder each. */
export function folderSuite(): ReturnType<typeof suite<Folder>> {
  const test = suite<Folder>();
  test.before.each(async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'policies-'));
    context.folder = folder;
    context.read = (name) => readFile(join(folder, name), 'utf8');
    context.write = (name, text) => writeFile(join(folder, name), text);
  });
  test.after.each(async ({ folder }) => {
    await rm(folder, { recursive: true });
  });
  return test;
}

/** Generates the policies of these distros: `<file> <state>`, with the reason and the backup, for each but the record. */
export async function generate(
  folder: string,
  distros: readonly NamedBase[],
  forced: readonly string[] = [],
): Promise<string[]> {
  const said: string[] = [];
  for (const planned of await planPolicies(distros, folder, forced)) {
    const backup = await carryOut(planned);
    const { file, state, reason } = planned;
    const more = [reason, backup === undefined ? undefined : basename(backup)].filter(
      (part) => part !== undefined,
    );
    said.push([`${basename(file)} ${state}`, ...more].join(': '));
  }
  return said.filter((line) => !line.startsWith('.generated.json'));
}
