import { z } from 'zod';
import type { Complaint } from '../fault/fault.ts';
import { formatPlatform, parsePlatform } from '../oci/platform.ts';
import type { OciPlatform } from '../oci/types.ts';
import { firstIssue, llbDefinition, readSteps, type BuildStep } from './llb.ts';

/** A source that BuildKit resolved: its URI, and its digests by algorithm, in hex. */
export interface RawMaterial {
  uri: string;
  digest: Readonly<Record<string, string>>;
}

/** What a build of one platform was made from and by. */
export interface Provenance {
  materials: readonly RawMaterial[];
  steps: readonly BuildStep[];
  /** The builder's own platform, not the one that was asked for. Undefined when it is not given. */
  builderPlatform: OciPlatform | undefined;
}

/** Why there is no provenance where there should be. A cell that needs it is unproven. */
export interface MetadataProblem {
  kind: 'not-json' | 'wrong-shape' | 'no-provenance' | 'no-steps' | 'unknown-platform';
  target?: string;
  complaint: Complaint;
}

/** Provenance by target and by platform, such as `linux/arm64`. */
export interface Metadata {
  targets: ReadonlyMap<string, ReadonlyMap<string, Provenance>>;
  problems: readonly MetadataProblem[];
}

const KEY = 'buildx.build.provenance';
const ASK_FOR_MAX = 'Set BUILDX_METADATA_PROVENANCE=max for the build';
const NEEDED_BUILDX =
  `${ASK_FOR_MAX}; buildx 0.17 or newer is needed, and for a target of several platforms that is exported ` +
  'only 0.31 or newer does: give such a target no output';

/**
 * Reads what `docker buildx bake --metadata-file` wrote. It never throws: what cannot be read is in `problems`.
 *
 * buildx (`build/provenance.go`) writes a predicate for each platform under `buildx.build.provenance/<platform>`, and
 * under `buildx.build.provenance` for a build of one platform, which it does not name.
 *
 * @param file its name, for complaints.
 * @param askedFor the platforms that a target was built for, such as `['linux/arm64']`.
 */
export function readMetadata(
  text: string,
  file: string,
  askedFor: (target: string) => readonly string[],
): Metadata {
  const targets = new Map<string, ReadonlyMap<string, Provenance>>();
  const problems: MetadataProblem[] = [];
  const found = (kind: MetadataProblem['kind'], message: string, next: string, target?: string): void => {
    problems.push({
      kind,
      ...(target === undefined ? {} : { target }),
      complaint: { place: { file }, message, next },
    });
  };

  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    found('not-json', `not JSON: ${(error as Error).message}`, 'Run the build again');
    return { targets, problems };
  }
  if (!isObject(document)) {
    found('wrong-shape', 'expected an object with a key for each target', 'Run the build again');
    return { targets, problems };
  }

  for (const [target, entry] of Object.entries(document)) {
    // Beside the targets bake writes such as `buildx.build.warnings`.
    if (!isObject(entry) || target.startsWith('buildx.')) continue;
    const platforms = new Map<string, Provenance>();
    const keys = Object.keys(entry).filter((key) => key === KEY || key.startsWith(`${KEY}/`));
    if (keys.length === 0)
      found('no-provenance', `target "${target}" has no provenance`, NEEDED_BUILDX, target);
    for (const key of keys) {
      const platform = platformOfKey(key, askedFor(target));
      if (platform === undefined) {
        found(
          'unknown-platform',
          `target "${target}": no telling which platform "${key}" is of`,
          NEEDED_BUILDX,
          target,
        );
        continue;
      }
      const provenance = readPredicate(entry[key]);
      if ('kind' in provenance) {
        const { kind, message } = provenance;
        found(
          kind,
          `target "${target}", "${key}": ${message}`,
          kind === 'no-steps' ? ASK_FOR_MAX : UPDATE,
          target,
        );
        continue;
      }
      platforms.set(platform, provenance);
    }
    targets.set(target, platforms);
  }
  return { targets, problems };
}

/** buildx passes a platform on in the form of containerd's `platforms.FormatAll` or `Format`. */
function platformOfKey(key: string, askedFor: readonly string[]): string | undefined {
  const [only, another] = askedFor;
  const text = key === KEY ? (another === undefined ? only : undefined) : key.slice(KEY.length + 1);
  return text === undefined ? undefined : readPlatform(text)?.text;
}

function readPlatform(text: string): { platform: OciPlatform; text: string } | undefined {
  try {
    const platform = parsePlatform(text);
    return { platform, text: formatPlatform(platform) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const UPDATE = 'Update this project: the builder writes provenance in a form that it does not know';

const materials = z.array(z.object({ uri: z.string(), digest: z.record(z.string(), z.string()).nullish() }));

const buildConfig = z.object({ llbDefinition });

/** `solver/llbsolver/provenance/types/types.go`, ProvenancePredicateSLSA02: what buildx writes today. */
const slsa02 = z
  .object({
    materials: materials.nullish(),
    invocation: z.object({ environment: z.object({ platform: z.string() }) }),
    buildConfig: buildConfig.optional(),
  })
  .transform((predicate) => ({
    materials: predicate.materials ?? [],
    builderPlatform: predicate.invocation.environment.platform,
    buildConfig: predicate.buildConfig,
  }));

/** The same file, ProvenancePredicateSLSA1: BuildKit's own form, which buildx 0.26 and newer turns into the other. */
const slsa1 = z
  .object({
    buildDefinition: z.object({
      resolvedDependencies: materials.nullish(),
      internalParameters: z.object({ builderPlatform: z.string(), buildConfig: buildConfig.optional() }),
    }),
  })
  .transform(({ buildDefinition: { resolvedDependencies, internalParameters } }) => ({
    materials: resolvedDependencies ?? [],
    builderPlatform: internalParameters.builderPlatform,
    buildConfig: internalParameters.buildConfig,
  }));

/** Reads a SLSA predicate, v0.2 or v1, that BuildKit wrote. */
function readPredicate(value: unknown): Provenance | { kind: 'wrong-shape' | 'no-steps'; message: string } {
  const schema = isObject(value) && 'buildDefinition' in value ? slsa1 : slsa02;
  const read = schema.safeParse(value);
  if (!read.success) return { kind: 'wrong-shape', message: firstIssue(read.error) };
  const { materials, builderPlatform, buildConfig } = read.data;
  if (buildConfig === undefined) return { kind: 'no-steps', message: 'the steps of the build are not in it' };
  const steps = readSteps(buildConfig.llbDefinition);
  if (typeof steps === 'string') return { kind: 'wrong-shape', message: steps };
  return {
    materials: materials.map(({ uri, digest }) => ({ uri, digest: digest ?? {} })),
    steps,
    builderPlatform: readPlatform(builderPlatform)?.platform,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
