import { bytes } from './bytes.ts';
import { CONTROLS_LINE, isStageOf, ownerOf, readStepName } from './stepName.ts';
import type { SolveStatus, Vertex } from './solveStatus.ts';
import type { Stage } from './progress.ts';

/** How far a distro is, or the controls are. */
export interface DistroState {
  name: string;
  state: 'waiting' | 'working' | 'built';
  /** What is done for it now, for a person; what comes from a build may hold whatever its author liked. */
  doing: string;
  /** Probes that are built, of all. */
  built: number;
  probes: number;
  /** Milliseconds that what is done has taken, or where it is built all of it, from its first step on. */
  elapsed: number;
}

/** Follows a run. `at` is the time in milliseconds, of any clock that does not go back. */
export interface DistroStates {
  enter: (stage: Stage, at: number) => void;
  /** Takes what one bake tells; `end` is to be called when it is over. */
  bake: (
    targets: readonly string[],
    standsFor?: readonly string[],
  ) => {
    status: (status: SolveStatus, at: number) => void;
    end: () => void;
  };
  at: (time: number) => DistroState[];
}

/** A step that runs. */
interface Running {
  from: number;
  doing: string;
  /** Bytes by part of it: layers that are pulled, contexts that are sent. */
  parts: Map<string, { current: number; total: number }>;
}

/** What is known of a distro. */
interface Line {
  name: string;
  /** By step, the oldest first. */
  running: Map<string, Running>;
  failed: boolean;
  marker: boolean;
  /** Targets of probes, and those that were exported. */
  probes: Set<string>;
  built: Set<string>;
  from?: number;
  until?: number;
}

/**
 * Makes of BuildKit's events what each distro is at. `paths` is how many probes each distro has at least; the controls
 * stand in a line of their own, once there are any.
 */
export function followDistros(distros: readonly string[], paths: number, start: number): DistroStates {
  const lines = new Map(distros.map((name) => [name, newLine(name)]));
  let stage: Stage = 'bases';
  let entered = start;
  let bakes = 0;

  function lineOf(owner: string | undefined): Line | undefined {
    if (owner === CONTROLS_LINE && !lines.has(owner)) lines.set(owner, newLine(owner));
    return owner === undefined ? undefined : lines.get(owner);
  }

  function begin(targets: readonly string[], standsFor: readonly string[] = []) {
    bakes += 1;
    const bake = bakes;
    const ownerOfTarget = (target: string) => ownerOf(target, distros);
    for (const target of [...targets, ...standsFor].filter((name) => name.startsWith('probe-')))
      lineOf(ownerOfTarget(target))?.probes.add(target);
    // bake names no target in the steps of a single one.
    const only = targets.length === 1 ? ownerOfTarget(targets[0] ?? '') : undefined;
    const keyOf = (line: Line, digest: string) => `${bake} ${line.name} ${digest}`;
    const owners = new Map<string, Set<Line>>();

    function vertex(step: Vertex, at: number): void {
      const { words, doing } = readStepName(step.name ?? '');
      const [first = ''] = words;
      if (standsFor.length > 0 && doing === 'exporting' && step.completed !== undefined && !step.error) {
        for (const target of standsFor) {
          const line = lineOf(ownerOfTarget(target));
          if (line !== undefined) exported(line, target, at);
        }
      }
      const stage = standsFor.find((target) => isStageOf(words, target));
      const line = lineOf(ownerOfTarget(stage ?? first) ?? only);
      if (line === undefined || step.started === undefined) return;
      owners.set(step.digest, (owners.get(step.digest) ?? new Set()).add(line));
      line.from ??= at;
      const key = keyOf(line, step.digest);
      if (step.completed === undefined) {
        const group = step.progressGroup?.name;
        const shown = group === undefined ? doing : readStepName(group).doing;
        if (!line.running.has(key)) line.running.set(key, { from: at, doing: shown, parts: new Map() });
        line.failed = false;
        return;
      }
      line.running.delete(key);
      const error = step.error ?? '';
      if (error !== '') line.failed ||= !error.endsWith('context canceled');
      else if (doing === 'exporting') exported(line, first, at);
    }

    function exported(line: Line, target: string, at: number): void {
      if (!target.startsWith('probe-')) {
        line.marker = true;
        return;
      }
      line.built.add(target);
      if (isBuilt(line)) line.until = at;
    }

    return {
      status: ({ vertexes, statuses }: SolveStatus, at: number) => {
        for (const step of vertexes) vertex(step, at);
        for (const { vertex: digest, id, current = 0, total = 0 } of statuses) {
          for (const line of owners.get(digest) ?? [])
            line.running.get(keyOf(line, digest))?.parts.set(id, { current, total });
        }
      },
      end: () => {
        for (const line of lines.values())
          for (const key of line.running.keys()) if (key.startsWith(`${bake} `)) line.running.delete(key);
      },
    };
  }

  const needs = (line: Line) => Math.max(line.name === CONTROLS_LINE ? 0 : paths, line.probes.size);
  const isBuilt = (line: Line) => line.built.size > 0 && line.built.size >= needs(line);

  function began(line: Line, time: number): number {
    const [step] = line.running.values();
    return step?.from ?? (stage === 'bases' ? entered : time);
  }

  function stateOf(line: Line, time: number): DistroState {
    const isDone = isBuilt(line) && line.running.size === 0;
    const isWorking = line.running.size > 0 || line.failed;
    return {
      name: line.name,
      state: isDone ? 'built' : isWorking ? 'working' : 'waiting',
      doing: doingOf(line, stage, isDone),
      built: line.built.size,
      probes: needs(line),
      elapsed: isDone ? (line.until ?? time) - (line.from ?? time) : Math.max(0, time - began(line, time)),
    };
  }

  return {
    enter: (next, at) => {
      [stage, entered] = [next, at];
    },
    bake: begin,
    at: (time) => [...lines.values()].map((line) => stateOf(line, time)),
  };
}

function newLine(name: string): Line {
  const none = { failed: false, marker: false };
  return { name, ...none, running: new Map(), probes: new Set(), built: new Set() };
}

function doingOf(line: Line, stage: Stage, isDone: boolean): string {
  const [step] = line.running.values();
  if (step !== undefined) return step.doing + amount(step);
  if (line.failed) return 'failed';
  if (isDone) return 'built';
  if (stage === 'bases') return 'looking for its base';
  return line.marker && line.built.size === 0 ? 'marker image built' : 'waiting';
}

function amount({ parts }: Running): string {
  const known = [...parts.values()].filter(({ total }) => total > 0);
  const sum = (key: 'current' | 'total') => known.reduce((all, part) => all + part[key], 0);
  return known.length === 0 ? '' : ` ${bytes(sum('current'))} of ${bytes(sum('total'))}`;
}
