import { familiarName, parseImageRef } from '../matrix/imageRef.ts';
import { expandVariables, PRESET_ARGS, TARGET_STAGE } from './expandVariables.ts';
import type { ArgDeclaration, Dockerfile, Stage, StageInstruction } from './readDockerfile.ts';

/** One build of a Dockerfile: what would be given to it, were it built by itself. */
export interface StageBuild {
  /** Every stage's new name begins with it and a dot. */
  prefix: string;
  /** Build arguments. */
  args: Readonly<Record<string, string>>;
  /** Named contexts. */
  contexts: Readonly<Record<string, string>>;
  /** The stage to build; the last one where it is empty. */
  target: string;
  /** Stages of other builds, by the name of the stage here that each stands in for. */
  instead?: Readonly<Record<string, string>>;
}

/** Stages that can stand in one file with those of other builds. */
export interface NamedStages {
  text: string;
  /** The name of the stage that was to be built. */
  result: string;
  /** The named contexts that they need, by their new names. */
  contexts: Record<string, string>;
  /** The images that they name, as they are written. */
  images: string[];
}

/** As BuildKit takes it for a stage's name (`frontend/dockerfile/instructions/parse.go`). */
const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;
/** Build arguments that are the frontend's own business, or are set for every step without an ARG. */
const NOT_OF_A_STAGE = /^(BUILDKIT_|SOURCE_DATE_EPOCH$|((https?|ftp|no|all)_proxy$))/i;

/**
 * Writes the stages of one build of a Dockerfile such that they can stand beside those of other builds in one file: each
 * has a name of its own, values are put in for build arguments, and named contexts have private names. What they build is
 * what the Dockerfile builds by itself with the same arguments and contexts.
 *
 * Follows BuildKit's `frontend/dockerfile/dockerfile2llb/convert.go` for what a name stands for: an earlier stage, a
 * named context, an image. Throws a RangeError, whose message is a clause for people, where that cannot be told here.
 */
export function nameStages(dockerfile: Dockerfile, build: StageBuild): NamedStages {
  const { prefix, args, instead = {} } = build;
  const own = Object.keys(args).find((name) => NOT_OF_A_STAGE.test(name));
  if (own !== undefined) throw new RangeError(`${own} is given to all of a build`);
  // It then counts in the place of the platform (`dockerfile2llb/platform.go`).
  const preset = Object.keys(args).find((name) => PRESET_ARGS.has(name));
  if (preset !== undefined) throw new RangeError(`${preset} is given, which BuildKit sets`);
  const globals = valuesOf(dockerfile.globals, args);
  // Only a name that is written can be named.
  const named = dockerfile.stages.map(({ name }) => name?.toLowerCase());
  const names = named.map((name, at) => name ?? `stage-${at}`);
  if (new Set(names).size < names.length) throw new RangeError('two of its stages have one name');
  if (names.some((name) => name.startsWith('context.')))
    throw new RangeError('a stage is called as a context would be');
  const target = build.target === '' ? names.length - 1 : named.indexOf(build.target.toLowerCase());
  if (target === -1) throw new RangeError(`it has no stage called ${build.target}`);

  const contexts: Record<string, string> = {};
  const images = new Set<string>();
  const texts = new Map<number, string>();

  /** What a FROM or `--from` names is called now; `at` is the stage that it stands in. */
  const rename = (written: string, at: number): string => {
    const name = written.toLowerCase();
    const earlier = named.slice(0, at).lastIndexOf(name);
    if (earlier !== -1) return use(earlier);
    const context = Object.entries(build.contexts).find(
      ([key]) => key === written || key === familiar(written),
    )?.[1];
    if (context !== undefined) {
      const called = `${prefix}.context.${Object.values(build.contexts).indexOf(context)}`;
      contexts[called] = context;
      return called;
    }
    if (name !== 'scratch') images.add(written);
    return written;
  };
  const numbered = (number: string, at: number): string => {
    if (Number(number) >= at) throw new RangeError(`${number} is no earlier stage`);
    return use(Number(number));
  };
  const edit = (instruction: StageInstruction, at: number): string => {
    const { args: declared, froms } = instruction;
    if (declared.length > 0) return `ARG ${declared.map((arg) => declare(arg, args, globals)).join(' ')}`;
    let { text } = instruction;
    for (const { start, end, name } of [...froms].reverse()) {
      if (/["'\\$]/.test(name)) throw new RangeError(`${name} is not the plain name of a stage or an image`);
      // Of a FROM only earlier stages count, here all of them do.
      if (named.includes(name.toLowerCase(), at)) throw new RangeError(`${name} is a stage that comes later`);
      text =
        text.slice(0, start) + (/^\d+$/.test(name) ? numbered(name, at) : rename(name, at)) + text.slice(end);
    }
    return text;
  };
  const fromLine = ({ platform }: Stage, image: string, called: string): string => {
    const flag = platform === undefined ? '' : `--platform=${expandVariables(platform, globals)} `;
    return `FROM ${flag}${image} AS ${called}`;
  };
  const write = (stage: Stage, at: number, called: string): string => {
    const image = expandVariables(stage.image, globals);
    if (image === '' || image.includes('$'))
      throw new RangeError(`FROM ${stage.image} depends on the platform, or on nothing`);
    const from = fromLine(stage, rename(image, at), called);
    return [from, ...stage.instructions.map((instruction) => edit(instruction, at))].join('\n');
  };
  /** The new name of a stage that is needed, which is written then: what nothing needs is left out, as it is not built. */
  const use = (at: number): string => {
    const [stage, name = ''] = [dockerfile.stages[at], names[at]];
    if (instead[name] !== undefined) return instead[name];
    const called = `${prefix}.${name}`;
    if (!STAGE_NAME.test(called)) throw new RangeError(`a stage cannot be called ${called}`);
    const context = named[at] === undefined ? undefined : build.contexts[named[at]];
    if (stage === undefined || texts.has(at)) return called;
    if (context === undefined) {
      texts.set(at, write(stage, at, called));
      return called;
    }
    // The context stands for all of the stage, of which only the platform counts.
    contexts[called] = context;
    texts.set(at, fromLine(stage, 'scratch', called));
    return called;
  };

  const result = use(target);
  const inOrder = [...texts].sort(([one], [other]) => one - other).map(([, text]) => text);
  return { text: inOrder.join('\n\n') + '\n', result, contexts, images: [...images] };
}

/** The form in which the frontend looks for a context of an image's name. */
function familiar(image: string): string | undefined {
  try {
    return familiarName(parseImageRef(image)).replace(/:latest$/, '');
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the global ARGs come to: the build argument, or the default with the ones before it put in. */
function valuesOf(
  globals: readonly ArgDeclaration[],
  args: Readonly<Record<string, string>>,
): Map<string, string> {
  const values = new Map<string, string>();
  for (const { name, value } of globals) {
    if (PRESET_ARGS.has(name)) throw new RangeError(`it declares ${name} for all stages`);
    const given = args[name] ?? (value === undefined ? undefined : expandVariables(value, values));
    if (given?.includes('$') === true) throw new RangeError(`${name} depends on the platform`);
    if (given !== undefined) values.set(name, given);
  }
  return values;
}

/** An ARG of a stage with its value as the default: the build argument, then its own default, then the global one. */
function declare(
  { name, value, text }: ArgDeclaration,
  args: Readonly<Record<string, string>>,
  globals: ReadonlyMap<string, string>,
): string {
  if (name === TARGET_STAGE) throw new RangeError('a stage asks for the name of the target');
  const given = args[name] ?? (value === undefined ? globals.get(name) : undefined);
  if (given === undefined) return text;
  if (/[\r\n]/.test(given)) throw new RangeError(`${name} has several lines`);
  return `${name}="${given.replace(/["\\$]/g, '\\$&')}"`;
}
