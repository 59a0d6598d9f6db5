import type { BuildStep, ExecMount, FileAction, Op } from '../../lib/proof/llb.ts';

/** A step of LLB; `inputs` as `step0:0`. */
export function step(id: string, op: Op, inputs: readonly string[] = [], architecture?: string): BuildStep {
  return {
    id,
    op,
    inputs,
    ...(architecture === undefined ? {} : { platform: { os: 'linux', architecture } }),
  };
}

export function image(id: string, ref: string, architecture: string): BuildStep {
  return step(id, { kind: 'source', identifier: `docker-image://${ref}`, attrs: {} }, [], architecture);
}

export function file(id: string, inputs: readonly string[], ...actions: FileAction[]): BuildStep {
  return step(id, { kind: 'file', actions }, inputs);
}

/** COPY of the second input over the first, unless told otherwise. */
export function copy(
  src: string,
  dest: string,
  change: Partial<FileAction> = {},
  only: string[] = [],
): FileAction {
  return { input: 0, secondaryInput: 1, output: 0, copy: { src, dest, only }, ...change };
}

export function exec(id: string, inputs: readonly string[], ...mounts: Partial<ExecMount>[]): BuildStep {
  const all = mounts.map((mount) => ({ input: 0, selector: '', dest: '/', output: -1, ...mount }));
  return step(id, { kind: 'exec', args: ['true'], mounts: all }, inputs, 'amd64');
}

export function result(input: string): BuildStep {
  return step('last', { kind: 'result' }, [input]);
}
