import { z } from 'zod';
import { PATHS, VERDICTS, type Verdict } from '../proof/verdict.ts';

const verdict = z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]);
const path = z.enum(PATHS);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** As `Date.toISOString` writes it. Not `z.iso.datetime`, whose `format` a strict validator of JSON Schema does not know. */
const time = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'expected a time as 2026-01-31T12:00:00.000Z')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'expected a time that there is');

const execOp = z.object({
  command: z.string().describe('The command as a person would type it'),
  platform: z.string().describe('The platform that the op is of'),
  foreign: z.boolean().describe('Whether the build platform cannot run programs of that platform by itself'),
});

const material = z.object({
  kind: z.string().describe('`image`, `oci-layout`, `git`, `http` or `other`'),
  name: z.string().describe('The repository, or the name of the context'),
  digest: z.string().optional().describe('As the builder resolved it'),
  platform: z.string().optional().describe('The platform that was taken of it'),
});

const program = z.object({
  path: z.string().describe('Where it lies in the worker'),
  machine: z.number().describe('What its ELF header has as e_machine: 62 is x86-64, 183 AArch64'),
  bits: z.union([z.literal(32), z.literal(64)]).describe('Its word size'),
  endian: z.enum(['little', 'big']).describe('Its byte order'),
  architecture: z.string().optional().describe('The name that OCI has for all of that, where it has one'),
});

const graph = z.object({
  nodes: z.array(
    z.object({
      id: z.string().describe('Its name among these'),
      kind: z
        .string()
        .describe('What BuildKit calls it: `source`, `exec`, `file` and so on; `result` is the last'),
      label: z.string().describe('The source, or what is done'),
      platform: z.string().describe('The platform that the op is of'),
      foreign: z
        .boolean()
        .describe('Whether it runs a command of a platform that the build platform cannot run'),
    }),
  ),
  edges: z.array(z.tuple([z.string(), z.string()])).describe('From an op to one that is made from it'),
  left: z.number().describe('How many ops, the first of the build, were left out'),
});

const policy = z.object({
  file: z.string().describe('The policy that a person edits'),
  line: z.number().optional().describe('Of the first rule that matched'),
  trace: z.string().describe('What its rules did with each source of the build, bounded'),
});

const cell = z.object({
  distro: z.string().describe('Its name in distros.yaml'),
  path: path.describe('How the marker image reached the subject'),
  platform: z.string().describe('The platform asked for, `linux/arm64`'),
  verdict: verdict.describe('What the cell came to'),
  detail: z.string().describe('Why, in a sentence; empty for a pass'),
  marker: z.string().nullable().describe('What /platform-marker held; null where there was none'),
  expected: z.string().describe('What it has to hold'),
  base: z.object({
    ref: z.string().describe('The base as distros.yaml has it'),
    kind: z
      .enum(['registry', 'layout', 'bootstrap', 'stand-in'])
      .nullable()
      .describe('Where its bytes came from; null where no base could be had'),
    digest: digest.nullable().describe('Of what was used as base'),
  }),
  markerDigest: digest.nullable().describe('Of the marker image’s index, as the provenance has to list it'),
  seconds: z.number().describe('Wall time of the build that the cell was part of'),
  execOps: z.array(execOp).describe('The commands of the build'),
  materials: z.array(material).describe('The sources of the build, by its provenance'),
  root: z
    .array(material.omit({ kind: true }).extend({ path: z.string().describe('What of it was taken') }))
    .describe('What the worker’s root was made from, the lowest first; `/` is the whole root of a source'),
  installed: z
    .record(z.string(), z.string())
    .nullable()
    .describe(
      'What the built-in subject says that it installed: package, version, architecture, what was not configured',
    ),
  program: program
    .optional()
    .describe('The program that came with it, as the checker read it from the worker'),
  graph: graph.nullable().describe('The ops of the build; null where there is no provenance'),
  policy: policy.optional().describe('The source policy that it was built under'),
  log: z.string().optional().describe('The end of the log of a build that failed'),
  rerun: z.string().describe('The command that verifies this cell alone'),
});

const control = z.object({
  name: z.string().describe('What it is called'),
  breaks: z.string().describe('What is broken on purpose'),
  distro: z.string().describe('The distro whose marker image it is made with'),
  path: path.describe('How that image reached it'),
  platform: z.string().describe('The platform asked for'),
  expected: verdict.describe('What it has to come to'),
  verdict: verdict.describe('What it came to'),
  detail: z.string().describe('Why, in a sentence'),
  caught: z.boolean().describe('Whether the two agree'),
});

/** What a run verified, by digests. */
export const inputsSchema = z.object({
  matrix: digest.describe('Of distros.yaml'),
  policies: digest
    .nullable()
    .describe('Of the policies of all distros asked for; null where no path takes one'),
  subject: digest.describe('Of what the subject is made from, its Dockerfile included'),
  stages: digest.describe('Of what bake builds: docker-bake.hcl and stages/'),
  frontend: z
    .string()
    .nullable()
    .describe('A frontend given in the place of the subject’s: its digest, or its reference'),
  allowEmulator: z.boolean().describe('Whether cells count although an emulator answers'),
});

/** A part of a matrix that is verified apart, and how the matrix was split. */
export const shardSchema = z
  .object({
    index: z.int().min(1).describe('From 1'),
    of: z.int().min(1),
    times: digest
      .nullable()
      .describe('Of the report that the expected times are from; null where none was given'),
    split: z
      .array(
        z.object({
          shard: z.int().min(1),
          distro: z.string(),
          // More could only be repeated, and would make cells without number of a short file.
          paths: z.array(path).max(PATHS.length),
          platforms: z.array(z.string()),
        }),
      )
      .describe(
        'What every shard verifies, in the order of distros.yaml: each of the paths on each platform',
      ),
  })
  .refine(({ index, of }) => index <= of, { path: ['index'], error: 'expected at most the number of shards' })
  // Who merges walks the shards, so a file of any length must not name more of them than it lists cells.
  .refine(({ of, split }) => of <= cellsOf(split), {
    path: ['of'],
    error: 'expected at most the number of cells that are split',
  })
  // Nobody would look for the report of such a shard, and its cells would be in none.
  .refine(({ of, split }) => split.every(({ shard }) => shard <= of), {
    path: ['split'],
    error: 'expected no part of a shard that there is not',
  });

function cellsOf(split: readonly { paths: readonly string[]; platforms: readonly string[] }[]): number {
  return split.reduce((sum, { paths, platforms }) => sum + paths.length * platforms.length, 0);
}

/** The report of a run, `out/report.json`. */
export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z
    .object({ name: z.literal('platform-marker'), version: z.string() })
    .describe('What made the report'),
  startedAt: time.describe('When the run began, ISO 8601'),
  seconds: z.number().describe('Wall time of the whole run'),
  subject: z.string().describe('What was under test: a subject of distros.yaml, or a Dockerfile'),
  inputs: inputsSchema.describe('What was verified: runs of the same inputs can be told by it'),
  shard: shardSchema
    .optional()
    .describe('There only in the report of a shard, which is not of the whole matrix'),
  builder: z
    .object({
      name: z.string().describe('As `own engine, sealed`, or the name of a builder that was there'),
      driver: z.string().describe('Of buildx: `docker`, `docker-container`, `remote`, `kubernetes`'),
      sealed: z
        .boolean()
        .describe(
          'Whether it has an empty binfmt_misc of its own, so that no emulator of the host can be reached',
        ),
      unsealedBecause: z.string().optional().describe('Why it is not sealed, where it could be expected'),
      platform: z.string().describe('The build platform; of several machines that of the first'),
      nodes: z
        .array(z.object({ name: z.string(), platform: z.string() }))
        .optional()
        .describe('Its machines, where it has several'),
      versions: z.object({ buildx: z.string(), buildkit: z.string() }).describe('As they say of themselves'),
    })
    .describe('What built it'),
  canaries: z
    .array(
      z.object({
        platform: z.string().describe('The platform whose program it is'),
        op: z.string().describe('The platform of the op that ran it'),
        outcome: z
          .enum(['ran', 'refused', 'unknown'])
          .describe('Whether it ran; `unknown` where the build failed in another way'),
        node: z.string().optional().describe('The machine that ran it, where the builder has several'),
      }),
    )
    .describe('Programs of each platform that were tried on the builder'),
  cells: z.array(cell).describe('Each distro by each path on each platform'),
  controls: z.array(control).describe('Cells that are broken on purpose'),
  totals: z.object({
    cells: z.number().describe('How many cells there are'),
    verdicts: z.partialRecord(verdict, z.number()).describe('How many cells came to each verdict'),
    controls: z.number().describe('How many controls there are'),
    controlsCaught: z.number().describe('How many of them were caught'),
    bases: z.record(z.string(), z.number()).describe('How many distros had a base of each kind'),
  }),
  verified: z.boolean().describe('Whether every cell passed and every control was caught'),
  notes: z
    .array(z.string())
    .describe('What else is to be known of the run, such as a registry that cannot be reached'),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportCell = Report['cells'][number];
export type ReportProgram = z.infer<typeof program>;
export type ReportGraph = z.infer<typeof graph>;
export type ReportPolicy = z.infer<typeof policy>;
export type ReportInputs = z.infer<typeof inputsSchema>;
export type ReportShard = z.infer<typeof shardSchema>;
export type ReportControl = Report['controls'][number];

/** The JSON Schema of the report, as text: what `schemas/report.schema.json` holds. */
export function reportJsonSchema(): string {
  const schema = z.toJSONSchema(reportSchema, { target: 'draft-2020-12' });
  return JSON.stringify({ title: 'platform-marker report', ...schema }, null, 2) + '\n';
}
