import { Option } from 'commander';
import { quote } from 'zx';
import { z } from 'zod';
import { BUILDER_CHOICES } from '../engine/builderChoice.ts';
import { suggestion } from '../fault/didYouMean.ts';
import { wrongInput } from '../fault/fault.ts';
import { spellName, spellOption, type OptionValues } from '../fault/spelling.ts';
import { splitNames } from '../matrix/select.ts';
import { parseShard, type Shard } from '../matrix/shard.ts';
import { PATHS, type Path } from '../proof/verdict.ts';
import {
  formatRemoteRepository,
  readRemoteRepository,
  type RemoteRepository,
} from '../registry/push/remoteRepository.ts';
import { isSet } from './variable.ts';

const DEFAULTS = { timeout: '10', out: 'out' };
/** What a timer of Node's can take. */
const MAX_MINUTES = 35_000;

/**
 * Options of `verify`; each is a make variable too, by the name behind `env`. What is said by yes or no takes a value, for
 * an option without one is set by any variable of that name, `0` too.
 */
export const verifyOptions: readonly Option[] = [
  new Option('--distro <names>', 'only these distros, separated by commas').env('DISTRO'),
  new Option('--platform <platforms>', 'only these platforms, separated by commas').env('PLATFORM'),
  new Option('--worker-path <paths>', `only these of ${PATHS.join(', ')}`).env('WORKER_PATH'),
  new Option('--shard <i/n>', 'only this of n parts of about the same expected time').env('SHARD'),
  new Option(
    '--times <report>',
    'the report.json whose times --shard expects; without, all cells weigh the same',
  ).env('TIMES'),
  new Option('--subject <name>', 'a subject of distros.yaml, or the path of a worker’s Dockerfile').env(
    'SUBJECT',
  ),
  new Option('--frontend <what>', 'a frontend in place of the subject’s: image, OCI layout or binary').env(
    'FRONTEND',
  ),
  new Option('--bases <folder>', 'OCI layouts to use as bases, one named as each distro').env('BASES'),
  new Option('--require-real-bases [yes]', 'fail where a base would be bootstrapped or a stand-in').env(
    'REQUIRE_REAL_BASES',
  ),
  new Option('--builder <which>', 'auto: what there is, else an engine of our own; own; sealed')
    .env('BUILDER')
    .choices(BUILDER_CHOICES)
    .default('auto'),
  new Option(
    '--marker-registry <host/repository>',
    'where markers go for a builder that cannot reach loopback',
  ).env('MARKER_REGISTRY'),
  new Option('--allow-emulator [yes]', 'count cells although an emulator answers on this builder').env(
    'ALLOW_EMULATOR',
  ),
  new Option('--timeout <minutes>', 'for one build').env('TIMEOUT').default(DEFAULTS.timeout),
  new Option('--out <folder>', 'where outputs go').env('OUT').default(DEFAULTS.out),
];

const flag = z.union([z.boolean(), z.string()]).optional();
const shape = z.object({
  distro: z.string().optional(),
  platform: z.string().optional(),
  workerPath: z.string().optional(),
  shard: z.string().optional(),
  times: z.string().optional(),
  subject: z.string().optional(),
  frontend: z.string().optional(),
  bases: z.string().optional(),
  requireRealBases: flag,
  builder: z.enum(BUILDER_CHOICES),
  markerRegistry: z.string().optional(),
  allowEmulator: flag,
  timeout: z.string().default(DEFAULTS.timeout),
  out: z.string(),
});

/** What a person asked `verify` for, read and checked as far as it stands by itself. */
export interface VerifyOptions {
  distros: string[];
  platforms: string[];
  paths: Path[];
  shard: Shard | undefined;
  /** The report that a shard's expected times are from. */
  times: string | undefined;
  subject: string | undefined;
  frontend: string | undefined;
  bases: string | undefined;
  requireRealBases: boolean;
  builder: (typeof BUILDER_CHOICES)[number];
  /** Where images of the run's own are pushed to and pulled from; undefined for the builder's loopback. */
  markerRegistry: RemoteRepository | undefined;
  allowEmulator: boolean;
  /** Milliseconds. */
  timeout: number;
  out: string;
}

/** Reads the options. Throws a Fault (wrong input) for a path that there is not or a time that is none. */
export function readVerifyOptions(options: Record<string, unknown>): VerifyOptions {
  const read = shape.parse(options);
  return {
    distros: splitNames(read.distro),
    platforms: splitNames(read.platform),
    paths: readPaths(splitNames(read.workerPath)),
    ...readShard(read.shard, read.times),
    subject: read.subject === '' ? undefined : read.subject,
    frontend: read.frontend === '' ? undefined : read.frontend,
    bases: read.bases === '' ? undefined : read.bases,
    requireRealBases: isSet(read.requireRealBases),
    builder: read.builder,
    markerRegistry: read.markerRegistry ? readRemoteRepository(read.markerRegistry) : undefined,
    allowEmulator: isSet(read.allowEmulator),
    timeout: readMinutes(read.timeout === '' ? DEFAULTS.timeout : read.timeout),
    out: read.out === '' ? DEFAULTS.out : read.out,
  };
}

/** What was asked for besides distro, path and platform, quoted for a shell: `{ SUBJECT: 'dalec' }`. */
export function givenVariables(options: VerifyOptions): OptionValues {
  const { subject, frontend, bases, requireRealBases, builder, markerRegistry, allowEmulator, timeout } =
    options;
  const minutes = String(timeout / 60_000);
  const variables = {
    SUBJECT: subject,
    FRONTEND: frontend,
    BASES: bases,
    REQUIRE_REAL_BASES: requireRealBases ? (true as const) : undefined,
    BUILDER: builder === 'auto' ? undefined : builder,
    MARKER_REGISTRY: markerRegistry === undefined ? undefined : formatRemoteRepository(markerRegistry),
    ALLOW_EMULATOR: allowEmulator ? (true as const) : undefined,
    TIMEOUT: minutes === DEFAULTS.timeout ? undefined : minutes,
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value === true ? value : quote(value)] as const],
    ),
  );
}

function readPaths(names: readonly string[]): Path[] {
  const unknown = names.filter((name) => !PATHS.some((path) => path === name));
  if (unknown.length > 0) {
    const next = `the paths are ${PATHS.join(', ')}`;
    throw wrongInput(
      unknown.map((name) => ({ message: `there is no path "${name}"${suggestion(name, PATHS)}`, next })),
    );
  }
  return PATHS.filter((path) => names.length === 0 || names.includes(path));
}

function readShard(
  shard: string | undefined = '',
  times: string | undefined = '',
): Pick<VerifyOptions, 'shard' | 'times'> {
  if (shard !== '') return { shard: parseShard(shard), times: times === '' ? undefined : times };
  if (times === '') return { shard: undefined, times: undefined };
  throw wrongInput({
    message: `${spellOption('TIMES', times)} is of no use without a shard: it says how a matrix is split`,
    next: `add ${spellOption('SHARD', '1/2')}, or leave ${spellName('TIMES')} out`,
  });
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (Number.isNaN(minutes) || minutes <= 0 || minutes > MAX_MINUTES) {
    throw wrongInput({
      message: `a time limit of "${text}" is not a number of minutes up to ${MAX_MINUTES}`,
      next: `write it as ${spellOption('TIMEOUT', '10')}`,
    });
  }
  return minutes * 60_000;
}
