import { PATHS } from '../proof/verdict.ts';

/** The line that all controls have in common. */
export const CONTROLS_LINE = 'controls';

/**
 * Whose a bake target is: the distro of `marker-<distro>`, `<path>-<distro>` and `probe-<path>-<distro>`, or the controls'.
 * Undefined for what is no target of a run's.
 */
export function ownerOf(target: string, distros: readonly string[]): string | undefined {
  const worker = target.replace(/^probe-/, '');
  const owner = distros.find((name) => ['marker', ...PATHS].some((before) => worker === `${before}-${name}`));
  return owner ?? (/^(marker-)?control-/.test(worker) ? CONTROLS_LINE : undefined);
}

/** Whether the words of a step's name tell a stage of that probe's worker, whose name such stages begin with. */
export function isStageOf(words: readonly string[], probe: string): boolean {
  const worker = `${probe.replace(/^probe-/, '')}.`;
  return words.some((word) => word.startsWith(worker));
}

/** What the name of a step says. */
export interface StepName {
  /** Those in the brackets. The first is the target, where bake builds several. */
  words: readonly string[];
  /** What it does, for a person: `building linux/arm64 RUN make`. */
  doing: string;
}

/**
 * Reads the name of a step as BuildKit's frontends write it (`[linux/arm64 stage-1 1/3] COPY …`), with the target that bake
 * puts in front. What a frontend of another kind writes is taken as it is.
 */
export function readStepName(name: string): StepName {
  const [, bracket = '', text = ''] = /^\[([^\]]*)\]\s*([^]*)$/.exec(name) ?? [undefined, '', name];
  const words = bracket.split(' ');
  return { words, doing: describe(words, text.replace(/\s+/g, ' ').trim()) };
}

/** The platform that an op is for: `linux/amd64->arm64` is an op of the build platform for another. */
const PLATFORM = /^[a-z][a-z0-9]*\/[a-z0-9]+(\/[a-z0-9.]+)?(->\S+)?$/;

function describe(words: readonly string[], text: string): string {
  if (/^exporting\b/.test(text)) return 'exporting';
  const context = words[words.indexOf('context') + 1];
  if (words.includes('context') && /\bload\b/.test(text)) return `reading ${context ?? ''}`;
  if (words.includes('context') && /^\S+$/.test(text)) return `pulling ${withoutDigest(text)}`;
  const [, how, ref] = /^(load metadata for|FROM) (\S+)/.exec(text) ?? [];
  if (ref !== undefined) return `${how === 'FROM' ? 'pulling' : 'resolving'} ${withoutDigest(ref)}`;
  if (words.includes('internal')) return text.replace(/^load\b/, 'reading');
  // The options of an instruction say where files come from, not what is done.
  const command = text.replace(/^([A-Z]+)(?: --\S+)+/, '$1');
  const platform = words.find((word) => PLATFORM.test(word));
  // What is no instruction says by itself what is done.
  const verb = platform === undefined && !/^[A-Z]+ /.test(command) ? [] : ['building', platform];
  return [...verb, command].filter(Boolean).join(' ');
}

function withoutDigest(ref: string): string {
  return ref.replace(/@sha256:[0-9a-f]{64}$/, '');
}
