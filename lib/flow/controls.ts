import { join } from 'node:path';
import type { BakeWorker } from '../bake/bakeData.ts';
import type { Distro } from '../matrix/types.ts';
import { baseContexts } from './workers.ts';
import type { Path, Verdict } from '../proof/verdict.ts';

/** A way to be wrong that every run must catch. */
export interface Control {
  name: string;
  /** What is broken, in a sentence for the report. */
  breaks: string;
  /** The target of stages/control.Dockerfile. */
  target: 'honest' | 'pinned' | 'bypassed';
  /** The marker image it is given: the distro's own, or the one with its platforms swapped round. */
  markers: 'right' | 'swapped';
  expects: Verdict;
  /** Whether it has to be caught on this platform: a worker pinned to the build platform is right there. */
  appliesTo: (platform: string, buildPlatform: string) => boolean;
}

const everywhere = () => true;

/** The controls of every run, by every path that is verified. */
export const CONTROLS: readonly Control[] = [
  {
    name: 'swapped-markers',
    breaks: 'the marker image holds each platform’s marker in another platform’s manifest',
    target: 'honest',
    markers: 'swapped',
    expects: 'wrong-platform',
    appliesTo: everywhere,
  },
  {
    name: 'pinned-platform',
    breaks: 'the worker is always made for the build platform',
    target: 'pinned',
    markers: 'right',
    expects: 'wrong-platform',
    appliesTo: (platform, buildPlatform) => platform !== buildPlatform,
  },
  {
    name: 'marker-bypassed',
    breaks: 'the worker is made from the plain base',
    target: 'bypassed',
    markers: 'right',
    expects: 'marker-not-used',
    appliesTo: everywhere,
  },
];

const CONTROL = 'control-';

/** Whether a bake target is a control's. A subject's are called by their path. */
export function isControl({ name }: BakeWorker): boolean {
  return name.startsWith(CONTROL);
}

/** What a control's worker target is made from. */
export interface ControlRequest {
  control: Control;
  distro: Distro;
  path: Path;
  /** The marker image and the plain base, as values of named contexts. */
  marker: string;
  plain: string;
  stages: string;
  /** The folder of what is built: the probe's layout goes to `<out>/<control>/<path>`. */
  out: string;
}

/** The bake target of a control by one path. */
export function controlWorker({
  control,
  distro,
  path,
  marker,
  plain,
  stages,
  out,
}: ControlRequest): BakeWorker {
  const contexts: Record<string, string> = { plain };
  // Not for `bypassed`: the context named as its own stage would replace what it is there to show.
  if (path === 'worker-context') contexts[control.target === 'bypassed' ? 'worker' : control.target] = marker;
  if (path === 'base-context') Object.assign(contexts, baseContexts(distro, marker));
  return {
    name: `${CONTROL}${control.name}-${path}`,
    context: stages,
    dockerfile: 'control.Dockerfile',
    target: control.target,
    args: { BASE: distro.baseRef },
    contexts,
    platforms: distro.platforms,
    probe: {},
    out: join(out, control.name, path),
  };
}
