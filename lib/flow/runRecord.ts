import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ResolvedBase } from '../base/resolveBases.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellCommand, type OptionValues } from '../fault/spelling.ts';
import type { CanaryResult, Machine } from '../proof/canary.ts';
import { keyName } from '../proof/seal.ts';
import { PATHS, type Path } from '../proof/verdict.ts';
import { inputsSchema, shardSchema, type ReportInputs, type ReportShard } from '../report/schema.ts';

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
  /** What a reader of the report has to know besides: another registry address, a base that could not be had. */
  notes: string[];
}

/** Writes the record below the folder of a run's outputs. */
export async function writeRunRecord(out: string, record: RunRecord): Promise<void> {
  await writeFile(join(out, 'run/run.json'), JSON.stringify(record, null, 2) + '\n');
}

const platforms = z.array(z.string());
/** What the check reads of a record. It was written by this program, but lies in a folder where anything can happen to it. */
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
  cells: z.array(
    z.looseObject({
      distro: z.string(),
      path: z.enum(PATHS),
      platform: z.string(),
      target: z.string(),
      layout: z.string(),
      folder: z.string(),
      platforms,
      metadata: z.string(),
      outcome: z.union([
        z.looseObject({ ok: z.literal(true) }),
        z.looseObject({ ok: z.literal(false), log: z.string(), timedOut: z.boolean() }),
      ]),
      seconds: z.number(),
    }),
  ),
  notes: z.array(z.string()),
});

/**
 * Reads it back. Throws a Fault (wrong input) where no run has come that far or to the end of it, where it was changed, or
 * where its markers were sealed with another key: nothing could be told of them.
 */
export async function readRunRecord(out: string, key: Buffer): Promise<RunRecord> {
  const file = join(out, 'run/run.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const unusable = (why: string) =>
    wrongInput({ message: `${file} ${why}`, next: `run \`${spellCommand('verify')}\` first` });
  if (text === undefined) {
    const before = join(out, 'report.previous.json');
    throw unusable(
      existsSync(before)
        ? `is not there: the last run ended before there was anything to judge; the report of the one before is ${before}`
        : 'is not there: no run has built probes yet',
    );
  }
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    throw unusable('is not whole: the run that wrote it was ended');
  }
  const { error } = recordSchema.safeParse(record);
  if (error === undefined) {
    const read = record as RunRecord;
    if (read.sealedBy !== keyName(key))
      throw unusable('is of a run whose markers were sealed by another clone, or before this one was moved');
    return read;
  }
  const [issue] = error.issues;
  throw unusable(
    `is not the record of a run: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`,
  );
}
