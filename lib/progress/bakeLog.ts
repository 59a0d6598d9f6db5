import { bytes } from './bytes.ts';
import type { SolveStatus, Vertex, VertexStatus } from './solveStatus.ts';

/** How many of its last lines a failed step is quoted with, as BuildKit's own plain log does. */
const QUOTED_LINES = 10;
/** Milliseconds until it is told how far a thing is, and then between two words on it. */
const REPEAT_MS = 5_000;
const WENT_WELL: readonly string[] = ['DONE', 'CACHED'];

/** The log of one bake, as text. */
export interface BakeLog {
  /** The lines that a status adds to it. */
  add: (status: SolveStatus) => string[];
  /** What each step that failed printed last, a block for each; to be put before buildx's own words. */
  failures: () => string[];
}

/** What is known of a step. */
interface Step {
  number: number;
  name: string;
  started: number;
  /** How it ended, as it was written: targets that share it may see different ends. */
  outcomes: Set<string>;
  /** Of what it printed, the bytes after the last end of a line. */
  rest: Buffer;
  last: string[];
  /** When it printed something last. */
  at: string;
  /** By what it is about, when how far it is was written last; infinite once it is done. */
  told: Map<string, number>;
}

/**
 * Writes BuildKit's events as the plain log that people know (moby/buildkit `util/progress/progressui`): a number for each
 * step, what it prints with the seconds since it began, how it ended. Steps that run beside each other are not told in
 * turns: each line stands where it came.
 */
export function startBakeLog(): BakeLog {
  const steps = new Map<string, Step>();
  const failed = new Set<Step>();
  const lines: string[] = [];
  const write = (step: Step, text: string) => lines.push(`#${step.number} ${text}`);

  function stepOf({ digest, name = '', started }: Vertex): Step {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const step = {
      number: steps.size + 1,
      ...{ name, started: Date.parse(started ?? ''), outcomes: new Set<string>() },
      ...{ rest: Buffer.alloc(0), last: [], at: '', told: new Map<string, number>() },
    };
    steps.set(digest, step);
    write(step, name);
    return step;
  }

  function begin(vertex: Vertex): void {
    if (vertex.started !== undefined) stepOf(vertex).started = Date.parse(vertex.started);
  }

  function end(vertex: Vertex): void {
    if (vertex.started === undefined || vertex.completed === undefined) return;
    const step = stepOf(vertex);
    const outcome = outcomeOf(vertex);
    // That it went well is told once, though it may be so for several targets, and from the cache for the next of them.
    if (step.outcomes.has(outcome) || (step.outcomes.size > 0 && WENT_WELL.includes(outcome))) return;
    step.outcomes.add(outcome);
    endLine(step);
    write(step, outcome === 'DONE' ? `DONE ${seconds(vertex.started, vertex.completed)}s` : outcome);
    if (!outcome.startsWith('ERROR')) return;
    step.name = vertex.name ?? step.name;
    failed.add(step);
  }

  function addStatus(status: VertexStatus): void {
    const step = steps.get(status.vertex);
    if (step === undefined) return;
    const at = Date.parse(status.completed ?? status.timestamp ?? '');
    const isDone = status.completed !== undefined;
    const told = step.told.get(status.id) ?? at;
    if (!step.told.has(status.id)) step.told.set(status.id, at);
    if (told === Infinity || (!isDone && at < told + REPEAT_MS)) return;
    step.told.set(status.id, isDone ? Infinity : at);
    write(step, `${status.id}${amount(status)}${isDone ? ' done' : ''}`);
  }

  function addLog(vertex: string, data: Buffer, timestamp: string): void {
    const step = steps.get(vertex);
    if (step === undefined) return;
    step.at = timestamp;
    const text = Buffer.concat([step.rest, data]);
    const end = text.lastIndexOf('\n') + 1;
    step.rest = text.subarray(end);
    if (end === 0) return;
    for (const line of text.toString('utf8', 0, end - 1).split('\n')) printed(step, line);
  }

  function printed(step: Step, line: string): void {
    const text = `${since(step.started, step.at)} ${line}`;
    step.last = [...step.last, text].slice(-QUOTED_LINES);
    write(step, text);
  }

  function endLine(step: Step): void {
    if (step.rest.length === 0) return;
    printed(step, step.rest.toString('utf8'));
    step.rest = Buffer.alloc(0);
  }

  return {
    add: ({ vertexes, statuses, logs, warnings }) => {
      // What a step printed comes before its end, although both may come in one status.
      const latest = [...new Map(vertexes.map((vertex) => [vertex.digest, vertex])).values()];
      for (const vertex of latest) begin(vertex);
      statuses.forEach(addStatus);
      for (const { vertex, short = '' } of warnings) {
        const step = steps.get(vertex);
        if (step !== undefined) write(step, `WARN: ${Buffer.from(short, 'base64').toString('utf8')}`);
      }
      for (const { vertex, data, timestamp } of logs) addLog(vertex, Buffer.from(data, 'base64'), timestamp);
      for (const vertex of latest) end(vertex);
      return lines.splice(0);
    },
    failures: () => {
      const blocks = [...failed].flatMap(({ name, last }) => ['------', ` > ${name}:`, ...last, '------']);
      failed.clear();
      return blocks;
    },
  };
}

function outcomeOf({ error = '', cached }: Vertex): string {
  // BuildKit's plain log tells a step that another one's failure ended from one that failed by the same suffix.
  if (error.endsWith('context canceled')) return 'CANCELED';
  if (error !== '') return `ERROR: ${error}`;
  return cached === true ? 'CACHED' : 'DONE';
}

function seconds(from: string, to: string): string {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000).toFixed(1);
}

/** With as many digits as BuildKit gives. */
function since(started: number, timestamp: string): string {
  const passed = Math.max(0, (Date.parse(timestamp) - started) / 1000);
  if (Number.isNaN(passed)) return '0.000';
  return passed.toFixed(passed < 10 ? 3 : passed < 100 ? 2 : 1);
}

function amount({ current = 0, total = 0 }: VertexStatus): string {
  if (total > 0) return ` ${bytes(current)} / ${bytes(total)}`;
  return current > 0 ? ` ${bytes(current)}` : '';
}
