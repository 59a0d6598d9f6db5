import { DockerfileParser, type From, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';
import { readInstructions, type ReadInstruction } from './readInstructions.ts';

/** A Dockerfile, in as far as its stages have to be named anew. */
export interface Dockerfile {
  /** The image of the frontend that reads it, where a `# syntax=` line asks for one. */
  syntax: string | undefined;
  /** `ARG`s before the first stage, in their order. */
  globals: readonly ArgDeclaration[];
  stages: readonly Stage[];
}

/** A name that an `ARG` declares. */
export interface ArgDeclaration {
  name: string;
  /** The default without its quotes, its variables not expanded; undefined where it has none. */
  value: string | undefined;
  /** As it is written: `BASE`, `BASE="a b"`. */
  text: string;
}

/** What stands from one `FROM` to the next. Texts are as they are written, variables and all. */
export interface Stage {
  platform: string | undefined;
  image: string;
  name: string | undefined;
  instructions: readonly StageInstruction[];
}

/** An instruction of a stage. */
export interface StageInstruction {
  text: string;
  /** What `--from=` and a mount's `from=` name, with the place of it in `text`. */
  froms: readonly { start: number; end: number; name: string }[];
  /** What an `ARG` declares. */
  args: readonly ArgDeclaration[];
}

/**
 * Reads a Dockerfile (https://docs.docker.com/reference/dockerfile/). Throws a RangeError, whose message is a clause for
 * people, for one with anything in it that this reading does not carry: it is no judgement of the Dockerfile.
 */
export function readDockerfile(text: string): Dockerfile {
  if (text.includes('\r')) throw new RangeError('its lines end with a carriage return');
  const parsed = DockerfileParser.parse(text);
  const lineStarts = startsOfLines(text);
  const offsetOf = ({ line, character }: { line: number; character: number }) =>
    (lineStarts[line] ?? text.length) + character;
  const between = (range: { start: Parameters<typeof offsetOf>[0]; end: Parameters<typeof offsetOf>[0] }) =>
    text.slice(offsetOf(range.start), offsetOf(range.end));

  let syntax: string | undefined;
  for (const directive of parsed.getDirectives()) {
    const name = directive.getName().toLowerCase();
    if (name !== 'syntax') throw new RangeError(`it has a "# ${name}=" line`);
    syntax = directive.getValue();
  }

  // The parser's own words of an ARG end at every space, in quotes too, and its properties at the first name.
  const argsOf = (instruction: Instruction): ArgDeclaration[] => {
    // It also drops a backslash before a space.
    if (/[\n\\]/.test(between(instruction.getRange()).replace(/\\\n/g, '')))
      throw new RangeError('an ARG has escapes');
    const args: ArgDeclaration[] = [];
    let start: number | undefined;
    for (const { start: from, end } of instruction.getArguments().map((argument) => argument.getRange())) {
      start ??= offsetOf(from);
      const word = text.slice(start, offsetOf(end));
      if (!isWhole(word)) continue;
      args.push(readArg(word));
      start = undefined;
    }
    if (start !== undefined) throw new RangeError('an ARG has a quote without its end');
    return args;
  };

  const froms = parsed.getFROMs();
  const globals: ArgDeclaration[] = [];
  const stages: (Stage & { instructions: StageInstruction[] })[] = [];
  const instructions = parsed.getInstructions();
  const read = readInstructions(text);
  for (const [at, instruction] of instructions.entries()) {
    // The parser is an editor's, and has other rules than BuildKit for what a line's end or a heredoc is.
    const own = read[at];
    if (own?.text !== between(instruction.getRange()).trim())
      throw new RangeError('its instructions cannot be told apart for sure');
    const keyword = instruction.getKeyword();
    if (keyword !== own.keyword.toUpperCase())
      throw new RangeError(`${own.keyword} is no instruction that is known`);
    const stage = stages.at(-1);
    if (keyword === 'FROM') {
      const from = froms[stages.length];
      if (from === undefined) throw new RangeError('a FROM cannot be read');
      stages.push(readFrom(from));
    } else if (stage === undefined) {
      if (keyword !== 'ARG') throw new RangeError(`it has ${keyword} before the first FROM`);
      globals.push(...argsOf(instruction));
    } else {
      if (keyword === 'ONBUILD') throw new RangeError('it has ONBUILD');
      const start = offsetOf(instruction.getRange().start);
      stage.instructions.push({
        text: between(instruction.getRange()),
        froms: fromsOf(instruction, own).map(({ range, name }) => ({
          start: offsetOf(range.start) - start,
          end: offsetOf(range.end) - start,
          name,
        })),
        args: keyword === 'ARG' ? argsOf(instruction) : [],
      });
    }
  }
  if (read.length > instructions.length)
    throw new RangeError('its instructions cannot be told apart for sure');
  if (stages.length === 0) throw new RangeError('it has no FROM');
  return { syntax, globals, stages };
}

function isWhole(word: string): boolean {
  return /^(?:[^"']|"[^"]*"|'[^']*')*$/.test(word);
}

/** `NAME`, or `NAME=value` with one pair of quotes at the most. */
function readArg(text: string): ArgDeclaration {
  const at = text.indexOf('=');
  if (at === -1) return { name: text, value: undefined, text };
  const written = text.slice(at + 1);
  const quoted = /^(["'])(.*)\1$/.exec(written)?.[2];
  if (/["']/.test(quoted ?? written) || /^'.*\$/.test(written))
    throw new RangeError('an ARG has quotes within a value, or around a variable');
  return { name: text.slice(0, at), value: quoted ?? written, text };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function readFrom(from: From): Stage & { instructions: StageInstruction[] } {
  const flags = from.getFlags();
  const other = flags.find((flag) => flag.getName() !== 'platform');
  if (other !== undefined) throw new RangeError(`a FROM has --${other.getName()}`);
  const image = from.getImage();
  if (image === null) throw new RangeError('a FROM names no image');
  return {
    platform: from.getPlatformFlag()?.getValue() ?? undefined,
    image,
    name: from.getBuildStage() ?? undefined,
    instructions: [],
  };
}

/** What an instruction's flags take files from: a stage, an image or a named context. */
function fromsOf(instruction: Instruction, { line }: ReadInstruction) {
  if (!['COPY', 'ADD', 'RUN'].includes(instruction.getKeyword())) return [];
  if (!hasFlags(instruction)) return [];
  const froms = instruction.getFlags().flatMap((flag) => {
    const named =
      flag.getName() === 'mount' ? flag.getOption('from') : flag.getName() === 'from' ? flag : null;
    const [name, range] = [named?.getValue(), named?.getValueRange()];
    return typeof name === 'string' && range ? [{ name, range }] : [];
  });
  // Flags as BuildKit reads them (`parser/split_command.go`): what stands on other lines, or behind a comment, too.
  const own = line.replace(/(?<=[\t ]--ch(?:own|mod)=)"[^\t "'\\]*"(?=[\t ]|$)/g, 'x');
  const flags = /^[\t ]*[^\t ]+((?:[\t ]+--[^\t ]*)*)/.exec(own)?.[1] ?? '';
  const written = [...flags.matchAll(/[\t ]--(?:from=|mount=(?:[^\t ]*,)?from=)([^\t ,]*)/gi)].map(
    ([, name]) => name,
  );
  if (/["'\\]/.test(flags) || written.join(' ') !== froms.map(({ name }) => name).join(' '))
    throw new RangeError(`the flags of a ${instruction.getKeyword()} cannot be read for sure`);
  return froms;
}

function hasFlags(instruction: Instruction): instruction is ModifiableInstruction {
  return 'getFlags' in instruction;
}
