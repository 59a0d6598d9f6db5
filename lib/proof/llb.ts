import { z } from 'zod';
import type { OciPlatform } from '../oci/types.ts';

/** An op of LLB, in as far as evidence is made of it. Inputs are indices into the step's `inputs`; negative is none. */
export type Op =
  | { kind: 'source'; identifier: string; attrs: Readonly<Record<string, string>> }
  | { kind: 'exec'; args: readonly string[]; mounts: readonly ExecMount[] }
  | { kind: 'file'; actions: readonly FileAction[] }
  | { kind: 'merge'; inputs: readonly number[] }
  | { kind: 'diff'; lower: number; upper: number }
  /** Each output is one of the inputs. */
  | { kind: 'passthrough'; outputs: readonly number[] }
  /** The last step: its only input is what the build came to. */
  | { kind: 'result' };

/** What an exec op sees at `dest`. `output` is the index under which it is passed on as the op left it. */
export interface ExecMount {
  input: number;
  selector: string;
  dest: string;
  output: number;
}

/**
 * One step of a file op. `input` and `secondaryInput` from the number of inputs on stand for the actions before it.
 * Only a copy brings anything that has a source.
 */
export interface FileAction {
  input: number;
  secondaryInput: number;
  output: number;
  copy?: { src: string; dest: string; /** Patterns that leave only some of it. */ only: readonly string[] };
}

/** One op of a build, and where its inputs come from: `step3:0` is the first output of the op `step3`. */
export interface BuildStep {
  id: string;
  op: Op;
  inputs: readonly string[];
  /** Undefined when the op leaves it to the builder. */
  platform?: OciPlatform;
}

/** LLB as BuildKit's `solver/pb/json.go` writes it: the kind of op is the key below `Op`. Zeros are left out. */
export const llbDefinition = z.array(
  z.object({
    id: z.string(),
    op: z.object({
      Op: z.record(z.string(), z.unknown()),
      platform: z
        .object({ OS: z.string(), Architecture: z.string(), Variant: z.string().optional() })
        .optional(),
    }),
    inputs: z.array(z.string()).nullish(),
  }),
);

const index = z.int().default(0);
const input = z.object({ input: index });

const KINDS = {
  source: z
    .object({ identifier: z.string(), attrs: z.record(z.string(), z.string()).nullish() })
    .transform(({ identifier, attrs }): Op => ({ kind: 'source', identifier, attrs: attrs ?? {} })),
  exec: z
    .object({
      meta: z.object({ args: z.array(z.string()).nullish() }).optional(),
      mounts: z
        .array(
          z.object({
            input: index,
            selector: z.string().default(''),
            dest: z.string().default('/'),
            output: index,
          }),
        )
        .nullish(),
    })
    .transform(({ meta, mounts }): Op => ({ kind: 'exec', args: meta?.args ?? [], mounts: mounts ?? [] })),
  file: z
    .object({
      actions: z
        .array(
          z.object({
            input: index,
            secondaryInput: index,
            output: index,
            Action: z.object({
              copy: z
                .object({
                  src: z.string().default('/'),
                  dest: z.string().default('/'),
                  include_patterns: z.array(z.string()).nullish(),
                  exclude_patterns: z.array(z.string()).nullish(),
                })
                .transform(({ src, dest, include_patterns: include, exclude_patterns: exclude }) => ({
                  src,
                  dest,
                  only: [...(include ?? []), ...(exclude ?? []).map((pattern) => `!${pattern}`)],
                }))
                .optional(),
            }),
          }),
        )
        .nullish(),
    })
    .transform(({ actions }): Op => ({
      kind: 'file',
      actions: (actions ?? []).map(({ Action: { copy }, ...of }) => ({
        ...of,
        ...(copy === undefined ? {} : { copy }),
      })),
    })),
  merge: z
    .object({ inputs: z.array(input).nullish() })
    .transform(({ inputs }): Op => ({ kind: 'merge', inputs: (inputs ?? []).map((one) => one.input) })),
  diff: z
    .object({ lower: input.prefault({}), upper: input.prefault({}) })
    .transform(({ lower, upper }): Op => ({ kind: 'diff', lower: lower.input, upper: upper.input })),
  passthrough: z
    .object({ outputs: z.array(z.int()).nullish() })
    .transform(({ outputs }): Op => ({ kind: 'passthrough', outputs: outputs ?? [] })),
};

/**
 * Reads the steps of a build, or says which of them cannot be told what it does: then nothing can be said of the whole.
 * A nested `build` op is one such, its definition is opaque here.
 */
export function readSteps(definition: z.infer<typeof llbDefinition>): BuildStep[] | string {
  const steps: BuildStep[] = [];
  for (const [at, { id, op, inputs }] of definition.entries()) {
    const read = readOp(id, op.Op, at === definition.length - 1);
    if (typeof read === 'string') return read;
    steps.push({ id, op: read, inputs: inputs ?? [], ...platformOf(op.platform) });
  }
  return steps;
}

function platformOf(
  platform: z.infer<typeof llbDefinition>[number]['op']['platform'],
): Pick<BuildStep, 'platform'> {
  if (platform === undefined) return {};
  const { OS: os, Architecture: architecture, Variant: variant } = platform;
  return { platform: { os, architecture, ...(variant === undefined ? {} : { variant }) } };
}

function readOp(id: string, op: Record<string, unknown>, isLast: boolean): Op | string {
  const [kind, ...more] = Object.keys(op);
  if (more.length > 0) return `${id} is several ops at once`;
  // The last one only names the result.
  if (kind === undefined) return isLast ? { kind: 'result' } : `${id} does not say what it does`;
  if (!isKnown(kind)) return `${id} is of a kind that is not looked into: ${JSON.stringify(kind)}`;
  const read = KINDS[kind].safeParse(op[kind]);
  return read.success ? read.data : `${id}: ${firstIssue(read.error)}`;
}

function isKnown(kind: string): kind is keyof typeof KINDS {
  return Object.hasOwn(KINDS, kind);
}

/** The first thing that is wrong with a document, for a sentence. */
export function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? 'not provenance' : `${issue.path.join('.') || 'the whole'}: ${issue.message}`;
}
