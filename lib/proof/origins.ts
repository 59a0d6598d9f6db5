import { posix } from 'node:path';
import type { BuildStep, FileAction, Op } from './llb.ts';
import { inRoot, isWithin } from './paths.ts';

/** Where something in the root of a build's result comes from. */
export interface Origin {
  /** The source op, such as of an image. */
  source: Extract<Op, { kind: 'source' }>;
  /** The platform that the op asks for, if it asks for one. */
  platform: BuildStep['platform'];
  /** The path in the source, from `/`; for a copy of several files their pattern. */
  path: string;
  /** Where it lies in the result: in its root itself, among programs and libraries, or in another folder. */
  place: 'root' | 'programs' | 'elsewhere';
  /** Whether an exec op stands in between, which may have changed it, or made it itself. */
  ran: boolean;
}

/** Whether a path is in a folder of programs and libraries, which are of one platform (hier(7)). */
export function isOfPrograms(path: string): boolean {
  return /^\/(bin|sbin|lib\w*|usr)(\/|$)/.test(path) && !/^\/usr\/share(\/|$)/.test(path);
}

/** The source's whole root as the result's root. */
export function isWholeRoot({ path, place }: Origin): boolean {
  return path === '/' && place === 'root';
}

/** What commands wrote into an empty mount. */
const MADE_BY_A_COMMAND: Origin = {
  source: { kind: 'source', identifier: 'a command', attrs: {} },
  platform: undefined,
  path: '/*',
  place: 'root',
  ran: true,
};

/** What a builder that means well never makes: a walk through so many ops that it would not end. */
const VISITS_MAX = 100_000;
const DEPTH_MAX = 1_000;
const ORIGINS_MAX = 2_000;

/**
 * What the root of a build's result is made from, the lowest first: the root that it started from, and what was copied,
 * merged or mounted over it. Nothing for a root that was started from scratch and filled by commands or from texts.
 *
 * The semantics of the ops are those of BuildKit's `solver/pb/ops.proto`. Throws a RangeError, whose message is a
 * clause for people, where the ops do not fit together.
 */
export function originsOfResult(steps: readonly BuildStep[]): Origin[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, Origin[]>();
  let visits = 0;

  function bound(depth: number): void {
    if (++visits > VISITS_MAX || depth > DEPTH_MAX) throw new RangeError('there are too many ops to follow');
  }

  /** What stands at `path` of an output, such as `step3:0`, with that path as the root. */
  function trace(ref: string, path: string, depth: number): Origin[] {
    const key = `${ref} ${path}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    bound(depth);
    const [id = '', output = ''] = ref.split(':');
    const step = byId.get(id);
    if (step === undefined)
      throw new RangeError(`an input is ${JSON.stringify(ref)}, and there is no such op`);
    // A ring cannot come from a digest tree; were there one, it would end here and not in a hang.
    known.set(key, []);
    const found = unique(traceOp(step, Number(output), path, depth + 1));
    known.set(key, found);
    return found;
  }

  function traceInput({ id, inputs }: BuildStep, at: number, path: string, depth: number): Origin[] {
    if (at < 0) return [];
    const ref = inputs[at];
    if (ref === undefined) throw new RangeError(`${id} has no input ${at}`);
    return trace(ref, path, depth);
  }

  function traceOp(step: BuildStep, output: number, path: string, depth: number): Origin[] {
    const { op } = step;
    const from = (at: number, under = path) => traceInput(step, at, under, depth);
    switch (op.kind) {
      case 'source':
        return [{ source: op, platform: step.platform, path, place: 'root', ran: false }];
      case 'exec': {
        // Outputs are what mounts pass on, in their order, whatever they are numbered (solver/llbsolver/ops/exec.go).
        const mount = op.mounts.filter((one) => one.output >= 0)[output];
        if (mount === undefined) throw new RangeError(`${step.id} has no output ${output}`);
        if (mount.output !== output)
          throw new RangeError(`${step.id} numbers its outputs out of their order`);
        // A selector narrows what the command sees, not what is passed on (solver/llbsolver/mounts, container.go).
        const below = from(mount.input).map((origin) => ({ ...origin, ran: true }));
        return mount.input < 0 ? [...below, MADE_BY_A_COMMAND] : below;
      }
      case 'file': {
        const at = op.actions.findIndex((action) => action.output === output);
        if (at === -1) throw new RangeError(`${step.id} has no output ${output}`);
        return traceAction(step, op.actions, at, path, depth);
      }
      case 'merge':
        return op.inputs.flatMap((at) => from(at));
      case 'diff': {
        const lower = new Set(from(op.lower).map(keyOf));
        return from(op.upper).filter((origin) => !lower.has(keyOf(origin)));
      }
      case 'passthrough':
        return from(op.outputs[output] ?? -1);
      case 'result':
        return from(0);
    }
  }

  function traceAction(
    step: BuildStep,
    actions: readonly FileAction[],
    at: number,
    path: string,
    depth: number,
  ): Origin[] {
    bound(depth);
    const action = actions[at];
    if (action === undefined) throw new RangeError(`${step.id} has no action ${at}`);
    const operand = (index: number, under: string): Origin[] => {
      const earlier = index - step.inputs.length;
      if (earlier < 0) return traceInput(step, index, under, depth);
      if (earlier >= at) throw new RangeError(`${step.id} has no input ${index} for one of its actions`);
      return traceAction(step, actions, earlier, under, depth + 1);
    };
    const below = operand(action.input, path);
    if (action.copy === undefined) return below;
    return [...below, ...copied(action.copy, path, (under) => operand(action.secondaryInput, under))];
  }

  const result = steps.at(-1);
  return result === undefined ? [] : trace(`${result.id}:0`, '/', 0);
}

/** What a copy brings to `path`, as seen from there. */
function copied(
  { src, dest, only: patterns }: NonNullable<FileAction['copy']>,
  path: string,
  origins: (path: string) => Origin[],
): Origin[] {
  const to = inRoot(dest);
  // Some files of a folder: they are never the whole of it, even where the pattern takes in everything.
  const only = patterns.length > 0 ? `{${patterns.join(',')}}` : '';
  const some = only !== '' || /[*?[\\]/.test(src);
  const from = (under: string) =>
    some
      ? origins('/').map((origin) => ({ ...origin, path: inRoot(origin.path, src, only, under) }))
      : origins(inRoot(src, under));
  if (isWithin(path, to)) return from(posix.relative(to, path));
  if (!isWithin(to, path)) return [];
  const place = isOfPrograms(inRoot(posix.relative(path, to))) ? 'programs' : 'elsewhere';
  return from('').map((origin) => ({ ...origin, place }));
}

function keyOf({ source, platform, path, place }: Origin): string {
  return JSON.stringify([source.identifier, source.attrs, platform, path, place]);
}

/** The first of each: the same source twice says no more than once, and would double with every op. */
function unique(origins: readonly Origin[]): Origin[] {
  const byKey = new Map<string, Origin>();
  for (const origin of origins) {
    const key = `${keyOf(origin)} ${origin.ran}`;
    if (!byKey.has(key)) byKey.set(key, origin);
  }
  if (byKey.size > ORIGINS_MAX) throw new RangeError('there are too many sources to follow');
  return [...byKey.values()];
}
