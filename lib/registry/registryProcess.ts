import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Fault, noBuilder } from '../fault/fault.ts';
import type { Complaint } from '../fault/fault.ts';
import { ownScript } from './ownScript.ts';
import type { RunningRegistry } from './server.ts';

/** What `scripts/serve.ts` reads from its standard input: one line of JSON. */
export interface ServeConfig {
  repositories: Record<string, string>;
  port: number;
}

/** What `scripts/serve.ts` prints on its standard output: one line of JSON. */
export type ServeOutcome = { address: string } | { complaints: Complaint[]; exitStatus: number };

/** How a registry process is started. */
export interface RegistryProcessOptions extends ServeConfig {
  /** Put before the command: `['nsenter', '-t', '123', '-n']` runs it in the network namespace of process 123. */
  wrap?: readonly string[];
  /** Ends the process when it is aborted. */
  signal?: AbortSignal;
  /** Told, line by line, what is wrong with a layout, and when the process ends by itself. */
  onProblem: (problem: string) => void;
}

/** A registry in a process of its own. */
export interface RegistryProcess extends RunningRegistry {
  /** Aborted, with a Fault (no builder), when the process ends by itself: what failed since says nothing of a build. */
  gone: AbortSignal;
}

/** Loading takes a second; a busy machine may need many. */
const START_MILLISECONDS = 30_000;
const END_MILLISECONDS = 2_000;
/** How much of its standard error is shown when it does not come up. */
const LAST_LINES = 10;

/**
 * Runs `serveLayouts` on 127.0.0.1 in a process of its own, so that it can listen in another network namespace. The
 * process ends with this one, however this one ends: it watches its standard input.
 *
 * @throws {Fault} the process's own one when it cannot serve; one with exit status 3 when it does not come up.
 */
export async function startRegistryProcess(options: RegistryProcessOptions): Promise<RegistryProcess> {
  const { repositories, port, wrap = [], signal, onProblem } = options;
  const { folder, args: script } = ownScript('serve');
  const node = [process.execPath, ...script];
  const [command = process.execPath, ...args] = [...wrap, ...node];
  const { execa } = await import('execa');
  const child = execa(command, args, {
    // So that another project's tsconfig.json has no say in how the script is read.
    cwd: folder,
    stdin: 'pipe',
    buffer: false,
    reject: false,
    forceKillAfterDelay: END_MILLISECONDS,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const layouts = Object.entries(repositories).map(([name, layout]) => [name, resolve(layout)] as const);
  const config: ServeConfig = { repositories: Object.fromEntries(layouts), port };
  // Not ended: the process serves for as long as this pipe is open.
  child.stdin.on('error', () => undefined).write(`${JSON.stringify(config)}\n`);

  const early: string[] = [];
  let tell = (line: string): void => void early.push(line);
  createInterface({ input: child.stderr }).on('line', (line) => {
    tell(line);
  });

  const tooLate = setTimeout(START_MILLISECONDS, undefined, { ref: false });
  const outcome = await Promise.race([firstOutcome(child.stdout), child.then(() => undefined), tooLate]);
  if (outcome === undefined || 'complaints' in outcome) {
    child.kill();
    const result = await child;
    signal?.throwIfAborted();
    if (outcome !== undefined) throw new Fault(outcome.complaints, outcome.exitStatus);
    const why = early.slice(-LAST_LINES).join('\n') || howItEnded(result);
    throw noBuilder(
      `the marker registry did not come up: ${why}`,
      wrap.length === 0 ? 'Try again' : `See whether this works: ${wrap.join(' ')} true`,
    );
  }
  early.forEach(onProblem);
  tell = onProblem;

  let wanted = true;
  const gone = new AbortController();
  void child.then((result) => {
    if (!wanted || signal?.aborted === true) return;
    const problem = `the marker registry ended: ${howItEnded(result)}`;
    onProblem(problem);
    gone.abort(noBuilder(`${problem}: nothing that was built meanwhile can be judged`, 'run again'));
  });
  return {
    address: outcome.address,
    gone: gone.signal,
    close: async () => {
      wanted = false;
      child.stdin.end();
      child.kill();
      await child;
    },
  };
}

/** The first line of a process's output, or undefined when that is not what `scripts/serve.ts` prints. */
async function firstOutcome(output: Readable): Promise<ServeOutcome | undefined> {
  const [line] = (await once(createInterface({ input: output }), 'line')) as [string];
  try {
    return JSON.parse(line) as ServeOutcome;
  } catch {
    return undefined;
  }
}

function howItEnded(result: { shortMessage?: string | undefined }): string {
  return result.shortMessage ?? 'it ended by itself';
}
