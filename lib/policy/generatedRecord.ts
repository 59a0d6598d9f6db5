import { z } from 'zod';
import { wrongInput } from '../fault/fault.ts';
import { readIfThere } from './textFile.ts';

/**
 * The hashes of the policies as they were generated, by file name. It lies beside the policies and is committed with
 * them: it is how a policy that is only out of date is told from one that a person has changed.
 */
export const RECORD = '.generated.json';

const recordSchema = z.record(z.string(), z.string());

/**
 * Reads a record; one that is not there knows of no file.
 *
 * @throws {Fault} when it holds anything else.
 */
export async function readRecord(file: string): Promise<ReadonlyMap<string, string>> {
  const text = (await readIfThere(file)) ?? '{}';
  try {
    return new Map(Object.entries(recordSchema.parse(JSON.parse(text))));
  } catch {
    throw wrongInput({
      message: 'does not hold the hashes of generated policies any more',
      place: { file },
      next: 'bring the committed one back, or delete it: policies that differ from what is generated are then kept',
    });
  }
}

/** The text of a record, in an order that gives small diffs. */
export function formatRecord(hashes: readonly (readonly [fileName: string, hash: string])[]): string {
  const sorted = [...hashes].sort(([one], [two]) => (one < two ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted), null, 2) + '\n';
}
