import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ResolvedBase } from '../base/resolveBases.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellCommand, type OptionValues } from '../fault/spelling.ts';
import type { CanaryResult, Machine } from '../proof/canary.ts';
import { fileSeal, keyName, sealMatches } from '../proof/seal.ts';
import { PATHS, type Path } from '../proof/verdict.ts';
import { cellKey } from '../report/compare.ts';
import { inputsSchema, shardSchema, type ReportInputs, type ReportShard } from '../report/schema.ts';
import { CONTROLS } from './controls.ts';
import { digestEvidence, type Evidence } from './evidence.ts';

/** Where a run's record lies in the folder of its outputs, and its seal (see `fileSeal`). */
export const RUN_RECORD = 'run/run.json';
export const RUN_RECORD_SEAL = `${RUN_RECORD}.seal`;

/** What became of the build that should have made a cell's probe. */
export type BuildOutcome = { ok: true } | { ok: false; log: string; timedOut: boolean };

/** One cell as it was built; a control's cells are among them. */
export interface BuiltCell {
  /** The control's name, for a cell that is broken on purpose. */
  control?: string;
  distro: string;
  path: Path;
  platform: string;
  /** The bake target under which the metadata has its provenance: the worker's, or the one of all that it was built with. */
  target: string;
  /** The probe's OCI layout, the platforms that it should hold, and the folder in it, where other probes are in it too. */
  layout: string;
  folder: string;
  platforms: readonly string[];
  /** Where bake wrote the provenance. */
  metadata: string;
  /** The source policy that it was built under. */
  policyFile?: string | undefined;
  outcome: BuildOutcome;
  /** Wall time of the build that the cell was part of, where it failed; a cell that was built has its own in the metadata. */
  seconds: number;
  /** The program to look for, where the subject installs one. */
  program?: string;
}

/** A marker image that was built. */
export interface MadeMarker {
  layout: string;
  /** Of its index. */
  digest: string;
  /** That it holds a manifest for. */
  platforms: readonly string[];
  /** Of everything that went into it (see `markerIdentity`). */
  identity: string;
}

/** Everything that the check needs from the steps before it: `out/run/run.json`. */
export interface RunRecord {
  version: 1;
  startedAt: string;
  /** Wall time of the run until this was written. */
  seconds: number;
  /** The key that its marker images are sealed with (see `keyName`). */
  sealedBy: string;
  subject: string;
  /** Digests of what was verified. */
  inputs: ReportInputs;
  /** The shard of the matrix that this run is, where it is not the whole. */
  shard?: ReportShard | undefined;
  /** What a person gave besides distro, path and platform, quoted for a shell: `{ SUBJECT: 'dalec' }`. */
  given: OptionValues;
  builder: {
    kind: 'given' | 'own';
    name: string;
    driver: string;
    sealed: boolean;
    unsealedBecause?: string;
    platform: string;
    /** Its machines, where it has several. */
    nodes?: Machine[];
    /** What builds of each platform were told that the build platform is, where machines differ. */
    buildPlatforms?: Record<string, string>;
    versions: { buildx: string; buildkit: string };
  };
  bases: Record<string, ResolvedBase & { ref: string }>;
  /** By distro, or by `<control>/<distro>`. */
  markers: Record<string, MadeMarker>;
  canaries: CanaryResult[];
  /** Whether cells count although an emulator answered. */
  allowEmulator: boolean;
  cells: BuiltCell[];
  /** What the files that the cells are judged by were when this was written. */
  evidence?: Evidence | undefined;
  /** What a reader of the report has to know besides: another registry address, a base that could not be had. */
  notes: string[];
}

/**
 * Writes the record below the folder of a run's outputs, with the digests of what its cells are judged by, and seals it
 * with `key`.
 */
export async function writeRunRecord(out: string, record: RunRecord, key: Buffer): Promise<void> {
  const evidence = await digestEvidence(record.cells);
  const bytes = Buffer.from(JSON.stringify({ ...record, evidence }, null, 2) + '\n');
  // The record comes last: a run that is ended in between has left none.
  await writeFile(join(out, RUN_RECORD_SEAL), sealOf(key, bytes));
  await writeFile(join(out, RUN_RECORD), bytes);
}

function sealOf(key: Buffer, bytes: Uint8Array): string {
  return `${fileSeal(key, RUN_RECORD, bytes)}\n`;
}

const platforms = z.array(z.string());
const isOnce = (
  cells: readonly (Pick<BuiltCell, 'distro' | 'path' | 'platform'> & { control?: string | undefined })[],
) => new Set(cells.map((cell) => JSON.stringify([cell.control, cellKey(cell)]))).size === cells.length;
/** What the check reads of a record. This program sealed it, but maybe another version of it. */
const recordSchema = z.looseObject({
  version: z.literal(1),
  startedAt: z.string(),
  seconds: z.number(),
  sealedBy: z.string(),
  subject: z.string(),
  inputs: inputsSchema,
  shard: shardSchema.optional(),
  given: z.record(z.string(), z.union([z.string(), z.literal(true)])),
  builder: z.looseObject({
    name: z.string(),
    driver: z.string(),
    sealed: z.boolean(),
    unsealedBecause: z.string().optional(),
    platform: z.string(),
    nodes: z.array(z.looseObject({ name: z.string(), platform: z.string() })).optional(),
    buildPlatforms: z.record(z.string(), z.string()).optional(),
    versions: z.looseObject({ buildx: z.string(), buildkit: z.string() }),
  }),
  bases: z.record(
    z.string(),
    z.union([
      z.looseObject({ ref: z.string(), base: z.looseObject({ kind: z.string(), digest: z.string() }) }),
      z.looseObject({ ref: z.string(), problem: z.string() }),
    ]),
  ),
  markers: z.record(z.string(), z.looseObject({ layout: z.string(), digest: z.string(), platforms })),
  canaries: z.array(
    z.looseObject({
      platform: z.string(),
      op: z.string(),
      outcome: z.enum(['ran', 'refused', 'unknown']),
      node: z.string().optional(),
    }),
  ),
  allowEmulator: z.boolean(),
  cells: z
    .array(
      z.looseObject({
        control: z.enum(CONTROLS.map(({ name }) => name)).optional(),
        distro: z.string(),
        path: z.enum(PATHS),
        platform: z.string(),
        target: z.string(),
        layout: z.string(),
        folder: z.string(),
        platforms,
        metadata: z.string(),
        policyFile: z.string().optional(),
        outcome: z.union([
          z.looseObject({ ok: z.literal(true) }),
          z.looseObject({ ok: z.literal(false), log: z.string(), timedOut: z.boolean() }),
        ]),
        seconds: z.number(),
        program: z.string().optional(),
      }),
    )
    .refine(isOnce, 'a cell is in it more than once'),
  evidence: z.record(z.string(), z.string().nullable()),
  notes: z.array(z.string()),
});

/** By which a record of another clone is told from one that was changed. Any text can say it, so it proves nothing. */
const sealedSchema = z.looseObject({ sealedBy: z.string() });

/**
 * Reads it back. The files that its cells are judged by are held against it where they are read (see `readEvidence`).
 *
 * @throws {Fault} (wrong input) where no run has come that far or to the end of it, where it is not byte by byte as a run
 * wrote it, or where another key sealed it and its markers: nothing could be told of them.
 */
export async function readRunRecord(out: string, key: Buffer): Promise<RunRecord> {
  const file = join(out, RUN_RECORD);
  const bytes = await readFile(file).catch(() => undefined);
  const unusable = (why: string, when = 'first') =>
    wrongInput({ message: `${file} ${why}`, next: `run \`${spellCommand('verify')}\` ${when}` });
  if (bytes === undefined) {
    const before = join(out, 'report.previous.json');
    throw unusable(
      existsSync(before)
        ? `is not there: the last run ended before there was anything to judge; the report of the one before is ${before}`
        : 'is not there: no run has built probes yet',
    );
  }
  let record: unknown;
  try {
    record = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unusable('is not whole: the run that wrote it was ended');
  }
  const said = sealedSchema.safeParse(record).data?.sealedBy;
  if (said !== undefined && said !== keyName(key))
    throw unusable('is of a run whose markers were sealed by another clone, or before this one was moved');
  const seal = await readFile(join(out, RUN_RECORD_SEAL), 'utf8').catch(() => undefined);
  if (seal === undefined)
    throw unusable('has no seal: another version wrote it, or the seal was taken away', 'again');
  if (!sealMatches(sealOf(key, bytes), seal))
    throw unusable('is not as the run wrote it: its seal does not match', 'again');
  const { error } = recordSchema.safeParse(record);
  if (error === undefined) return record as RunRecord;
  const [issue] = error.issues;
  throw unusable(
    `is not the record of a run: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`,
  );
}
