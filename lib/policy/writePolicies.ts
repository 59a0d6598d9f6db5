import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CommandError, runCommand } from '../engine/command.ts';
import type { Complaint } from '../fault/fault.ts';
import { wrongInput } from '../fault/fault.ts';
import type { Distro } from '../matrix/types.ts';
import { generatePolicy } from './generatePolicy.ts';

type PolicyDistro = Pick<Distro, 'name' | 'ref'>;

/** What became of one policy file. `reason` says why a file was kept or removed. */
export interface PolicyOutcome {
  /** The distro's name, or the file's without `.json` where no distro is called so. */
  name: string;
  file: string;
  state: 'written' | 'unchanged' | 'kept' | 'removed';
  reason?: string;
}

/**
 * The hashes of the policies as they were generated, by file name. It lies beside the policies and is committed with
 * them: it is how a policy that is only out of date is told from one that a person has changed.
 */
const RECORD = '.generated.json';

const recordSchema = z.record(z.string(), z.string());

interface Plan {
  outcome: PolicyOutcome;
  /** What generating gives; absent where no distro has this name. */
  generated?: string;
  /** The hash to keep in the record; absent where there is none. */
  recorded?: string;
}

/**
 * Writes `<folder>/<distro>.json` for each distro, and takes away those whose distro is gone. A file that a person has
 * changed or made, whether JSON or not, is kept as it is and its reason says so.
 *
 * @param distros every distro of the matrix: the policy of one that is left out counts as gone.
 * @param registryAddress `host:port` of the registry that serves the markers; MARKER_REGISTRY if it is left out.
 * @throws {Fault} when the record of what was generated is broken (then nothing is touched), or a file cannot be read or
 *   written.
 */
export async function writePolicies(
  distros: readonly PolicyDistro[],
  folder: string,
  registryAddress?: string,
): Promise<PolicyOutcome[]> {
  await mkdir(folder, { recursive: true });
  const plans = await planPolicies(distros, folder, registryAddress);
  for (const { outcome, generated } of plans) {
    if (outcome.state === 'written' && generated !== undefined) await replaceFile(outcome.file, generated);
    if (outcome.state === 'removed') await rm(outcome.file);
  }
  // Last: after a run that was cut off, files equal to what would be written are taken as our own.
  await writeIfChanged(path.join(folder, RECORD), recordText(recordOf(plans)));
  return plans.map(({ outcome }) => outcome);
}

/** What `writePolicies` would change: empty when policies and distros agree in all that is no hand edit. */
export async function checkGenerated(
  distros: readonly PolicyDistro[],
  folder: string,
  registryAddress?: string,
): Promise<Complaint[]> {
  const plans = await planPolicies(distros, folder, registryAddress);
  const next = 'run `make generate` and commit what it changes';
  const stale = plans
    .filter(({ outcome }) => outcome.state === 'written' || outcome.state === 'removed')
    .map(({ outcome: { file, reason } }) => ({
      message: reason ?? 'does not agree with distros.yaml',
      place: { file },
      next,
    }));
  if (stale.length > 0) return stale;
  const file = path.join(folder, RECORD);
  if ((await readIfThere(file)) === recordText(recordOf(plans))) return [];
  return [{ message: 'does not agree with the policies beside it', place: { file }, next }];
}

/** The hand edits of the distros' policies, each as a unified diff from what would be generated to what is there. */
export async function diffPolicies(
  distros: readonly PolicyDistro[],
  folder: string,
  registryAddress?: string,
): Promise<{ name: string; file: string; diff: string }[]> {
  const plans = await planPolicies(distros, folder, registryAddress);
  const edits = plans.flatMap(({ outcome: { name, file, state }, generated }) =>
    state === 'kept' && generated !== undefined ? [{ name, file, generated }] : [],
  );
  return Promise.all(
    edits.map(async ({ name, file, generated }) => ({
      name,
      file,
      diff: await unifiedDiff(generated, file),
    })),
  );
}

/**
 * Puts the generated policy back for one distro. What was there is kept as `<file>.bak-<n>`, unless it is the same.
 *
 * @returns the policy's path, and the backup's where one was made.
 */
export async function resetPolicy(
  distro: PolicyDistro,
  folder: string,
  registryAddress?: string,
): Promise<{ file: string; backup?: string }> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${distro.name}.json`);
  const generated = generatePolicy(distro, registryAddress);
  const record = await readRecord(folder);
  const existing = await readIfThere(file);
  const backup = existing === undefined || existing === generated ? undefined : await backUp(file);
  await writeIfChanged(file, generated);
  record.set(path.basename(file), hashOf(generated));
  await writeIfChanged(path.join(folder, RECORD), recordText(record));
  return backup === undefined ? { file } : { file, backup };
}

async function planPolicies(
  distros: readonly PolicyDistro[],
  folder: string,
  registryAddress: string | undefined,
): Promise<Plan[]> {
  const record = await readRecord(folder);
  const expected = new Map(
    distros.map((distro) => [`${distro.name}.json`, generatePolicy(distro, registryAddress)]),
  );
  const others = (await policyFiles(folder)).filter((name) => !expected.has(name));
  return Promise.all(
    [...expected.keys(), ...others].map(async (fileName) => {
      const file = path.join(folder, fileName);
      const generated = expected.get(fileName);
      const name = path.basename(fileName, '.json');
      return decide({ name, file }, await readIfThere(file), generated, record.get(fileName));
    }),
  );
}

/** The whole decision about one file: from what is there, what would be generated, and what was generated last. */
function decide(
  where: Pick<PolicyOutcome, 'name' | 'file'>,
  existing: string | undefined,
  generated: string | undefined,
  recorded: string | undefined,
): Plan {
  const ours = existing !== undefined && hashOf(existing) === recorded;
  const keep = (reason: string): Plan => ({
    outcome: { ...where, state: 'kept', reason },
    ...(generated === undefined ? {} : { generated }),
    ...(recorded === undefined ? {} : { recorded }),
  });
  if (generated === undefined) {
    const reason = 'no distro of this name is in distros.yaml';
    return ours ? { outcome: { ...where, state: 'removed', reason } } : keep(reason);
  }
  const recordedNext = hashOf(generated);
  if (existing === generated) {
    return { outcome: { ...where, state: 'unchanged' }, generated, recorded: recordedNext };
  }
  if (existing === undefined || ours) {
    return { outcome: { ...where, state: 'written' }, generated, recorded: recordedNext };
  }
  return keep(isJson(existing) ? 'edited by hand' : 'edited by hand, and not JSON');
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

function recordOf(plans: readonly Plan[]): Map<string, string> {
  return new Map(
    plans.flatMap(({ outcome, recorded }) =>
      recorded === undefined ? [] : [[path.basename(outcome.file), recorded] as const],
    ),
  );
}

function recordText(record: ReadonlyMap<string, string>): string {
  const sorted = [...record].sort(([one], [two]) => (one < two ? -1 : 1));
  return JSON.stringify(Object.fromEntries(sorted), null, 2) + '\n';
}

async function readRecord(folder: string): Promise<Map<string, string>> {
  const file = path.join(folder, RECORD);
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

async function unifiedDiff(generated: string, file: string): Promise<string> {
  const labels = ['--label', `${file} as generated`, '--label', file];
  try {
    return (await runCommand('diff', ['-u', ...labels, '-', file], { input: generated })).stdout;
  } catch (error) {
    // POSIX diff ends with 1 when the files differ, and with more when it could not compare them.
    if (error instanceof CommandError && error.exitCode === 1) return error.output;
    const why = error instanceof Error ? error.message : String(error);
    throw wrongInput({ message: why, place: { file }, next: 'install diffutils' });
  }
}

/** A copy beside the file, under the first free number; nothing is ever overwritten. */
async function backUp(file: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const backup = `${file}.bak-${number}`;
    try {
      await copyFile(file, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The text with LF line ends, because a checkout with CRLF is no hand edit; undefined when there is no file. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw wrongInput({ message: `cannot be read: ${message}`, place: { file } });
  }
}

async function writeIfChanged(file: string, text: string): Promise<void> {
  if ((await readIfThere(file)) !== text) await replaceFile(file, text);
}

/** All or nothing: a reader, or a run that is cut off, sees the old text or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw wrongInput({ message: `cannot be written: ${why}`, place: { file } });
  }
}

function hashOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
