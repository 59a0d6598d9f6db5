import type { BuildStep, FileAction } from './llb.ts';
import { inRoot, isWithin } from './paths.ts';

/**
 * The steps of what one folder of a build's result was taken from, as if that had been built by itself: where many
 * probes were built in one solve, the result holds each in a folder of its own, and each was copied out of its worker.
 *
 * The result's own copies into the folder name the probe, and the probe's own copies the worker. Throws a RangeError, whose
 * message is a clause for people, where they do not name one thing.
 */
export function stepsOfFolder(steps: readonly BuildStep[], folder: string): BuildStep[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const result = steps.at(-1);
  const probe = copiedFrom(result?.inputs[0], byId, ({ dest }) => isWithin(inRoot(dest), folder));
  if (probe === undefined) throw new RangeError(`nothing was copied to ${folder}`);
  const worker = copiedFrom(probe, byId, () => true);
  if (worker === undefined) return [];
  const needed = new Set<string>();
  const queue = [worker];
  for (let ref = queue.pop(); ref !== undefined; ref = queue.pop()) {
    const [id = ''] = ref.split(':');
    if (needed.has(id)) continue;
    needed.add(id);
    queue.push(...(byId.get(id)?.inputs ?? []));
  }
  return [
    ...steps.filter(({ id }) => needed.has(id)),
    { id: 'result', op: { kind: 'result' }, inputs: [worker] },
  ];
}

/** The one output that copies on the way from `ref` down to scratch take their files from; undefined where that is scratch. */
function copiedFrom(
  ref: string | undefined,
  steps: ReadonlyMap<string, BuildStep>,
  counts: (copy: NonNullable<FileAction['copy']>) => boolean,
): string | undefined {
  const found = new Set<string>();
  const passed = new Set<string>();
  for (let at = ref; at !== undefined;) {
    if (passed.has(at)) throw new RangeError('its steps go round in a ring');
    passed.add(at);
    const [id = ''] = at.split(':');
    const step = steps.get(id);
    if (step?.op.kind !== 'file') throw new RangeError(`${id} is no copy`);
    const { inputs } = step;
    // All of an op's actions are of one instruction: only the first starts from an input of the op.
    let below: string | undefined;
    for (const { input, secondaryInput, copy } of step.op.actions) {
      if (input >= 0 && input < inputs.length) below = inputs[input];
      if (copy === undefined || !counts(copy)) continue;
      const source = inputs[secondaryInput];
      if (source !== undefined) found.add(source);
    }
    at = below;
  }
  const [only, another] = found;
  if (another !== undefined) throw new RangeError('files were copied from several places');
  return only;
}
