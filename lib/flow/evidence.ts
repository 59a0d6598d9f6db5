import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wrongInput } from '../fault/fault.ts';
import { spellCommand } from '../fault/spelling.ts';
import { sha256 } from '../oci/digest.ts';
import type { BuiltCell } from './runRecord.ts';

/** Digests of the files that a run's verdicts rest on, by their path; null for one that was not there. */
export type Evidence = Readonly<Record<string, string | null>>;

/** Of a probe's layout this names everything else by digest. */
export function layoutEvidence(layout: string): string {
  return join(layout, 'index.json');
}

/** The digests of what the cells that were built will be judged by, as it lies there now. */
export async function digestEvidence(cells: readonly BuiltCell[]): Promise<Evidence> {
  const files = cells
    .filter(({ outcome }) => outcome.ok)
    .flatMap(({ layout, metadata, policyFile }) => [
      layoutEvidence(layout),
      metadata,
      ...(policyFile === undefined ? [] : [policyFile]),
    ]);
  const digests: [string, string | null][] = [];
  for (const file of new Set(files)) digests.push([file, digestOf(await readIfThere(file))]);
  return Object.fromEntries(digests);
}

/**
 * Reads one of those files; undefined for one that is not there, as it was not before.
 *
 * @param evidence what was written down of it; undefined for a run that has just built it and wrote nothing down.
 * @throws {Fault} (wrong input) where it is not what it was then.
 */
export async function readEvidence(
  file: string,
  evidence: Evidence | undefined,
): Promise<Buffer | undefined> {
  const bytes = await readIfThere(file);
  if (evidence === undefined || (Object.hasOwn(evidence, file) && evidence[file] === digestOf(bytes)))
    return bytes;
  throw wrongInput({
    message: `${file} ${bytes === undefined ? 'is not there any more' : 'is not as it was when the run ended'}: nothing can be judged by it`,
    next: `run \`${spellCommand('verify')}\` again`,
  });
}

function readIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}

function digestOf(bytes: Buffer | undefined): string | null {
  return bytes === undefined ? null : sha256(bytes);
}
