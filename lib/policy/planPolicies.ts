import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Distro } from '../matrix/types.ts';
import { sha256 } from '../oci/digest.ts';
import { formatRecord, readRecord, RECORD } from './generatedRecord.ts';
import { generatePolicy } from './generatePolicy.ts';
import { planFile, type PlannedFile } from './plannedFile.ts';
import { readIfThere } from './textFile.ts';

type PolicyDistro = Pick<Distro, 'name' | 'ref'>;

/** A policy that is planned, and the hash to keep of what was generated under its name, if anything was. */
interface PlannedPolicy {
  planned: PlannedFile;
  hash: string | undefined;
}

/**
 * What generating makes of `<folder>/<distro>.json` for each distro, of the policies whose distro is gone, and last of the
 * record of what was generated: after a run that is cut off, files equal to what would be written are taken as our own. A
 * file that a person has changed or made, whether JSON or not, is kept and its reason says so.
 *
 * @param distros every distro of the matrix: the policy of one that is left out counts as gone.
 * @param forced names of distros whose policy is to be written anew whatever a person has done to it.
 * @throws {Fault} when the record is broken, or a file cannot be read.
 */
export async function planPolicies(
  distros: readonly PolicyDistro[],
  folder: string,
  forced: readonly string[] = [],
): Promise<PlannedFile[]> {
  const record = await readRecord(join(folder, RECORD));
  const generated = new Map(distros.map((distro) => [`${distro.name}.json`, generatePolicy(distro)]));
  const others = (await policyFiles(folder)).filter((name) => !generated.has(name));
  const policies = await Promise.all(
    [...generated.keys(), ...others].map(async (fileName) => {
      const file = join(folder, fileName);
      const existing = await readIfThere(file);
      const isForced = forced.includes(basename(fileName, '.json'));
      return decide({
        file,
        existing,
        generated: generated.get(fileName),
        hash: record.get(fileName),
        isForced,
      });
    }),
  );
  const hashes = policies.flatMap(({ planned: { file }, hash }) =>
    hash === undefined ? [] : [[basename(file), hash] as const],
  );
  return [
    ...policies.map(({ planned }) => planned),
    await planFile(join(folder, RECORD), formatRecord(hashes)),
  ];
}

/** The whole decision about one file: from what is there, what would be generated, and what was generated last. */
function decide({
  file,
  existing,
  generated,
  hash,
  isForced,
}: {
  file: string;
  existing: string | undefined;
  generated: string | undefined;
  hash: string | undefined;
  isForced: boolean;
}): PlannedPolicy {
  const isOurs = existing !== undefined && sha256(existing) === hash;
  if (generated === undefined) {
    const reason = 'no distro of this name is in distros.yaml';
    return { planned: { file, state: isOurs ? 'removed' : 'kept', reason }, hash: isOurs ? undefined : hash };
  }
  const next = sha256(generated);
  if (existing === generated) return { planned: { file, state: 'unchanged', text: generated }, hash: next };
  if (existing === undefined) {
    return { planned: { file, state: 'written', text: generated, reason: 'is missing' }, hash: next };
  }
  if (isOurs || isForced) {
    return { planned: { file, state: 'written', text: generated, backUp: !isOurs }, hash: next };
  }
  const reason = isJson(existing) ? 'edited by hand' : 'edited by hand, and not JSON';
  return { planned: { file, state: 'kept', text: generated, reason }, hash };
}

async function policyFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith('.json') && name !== RECORD).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
