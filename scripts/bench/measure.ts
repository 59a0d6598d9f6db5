import { readFileSync } from 'node:fs';
import { execa, ExecaError } from 'execa';
import { CommandError } from '../../lib/engine/commandError.ts';

/** A command, and a second one that takes its output. */
export interface Pipeline {
  command: readonly string[];
  into?: readonly string[];
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
}

/** What a command cost. */
export interface Cost {
  seconds: number;
  /** The most memory that any of its processes had at once, in bytes; undefined where the system does not tell. */
  peakBytes: number | undefined;
  /** Of the last command. */
  stdout: string;
  stderr: string;
}

const SAMPLE_MILLISECONDS = 2;

/**
 * Runs pipelines one after the other and measures them together. What ends early because its reader has all it wanted
 * has not failed.
 */
export async function measure(pipelines: readonly Pipeline[], signal: AbortSignal): Promise<Cost> {
  const cost: Cost = { seconds: 0, peakBytes: undefined, stdout: '', stderr: '' };
  for (const pipeline of pipelines) {
    const started = performance.now();
    const { peakBytes, ...output } = await run(pipeline, signal);
    cost.seconds += (performance.now() - started) / 1000;
    Object.assign(cost, output);
    if (peakBytes !== undefined) cost.peakBytes = Math.max(peakBytes, cost.peakBytes ?? 0);
  }
  return cost;
}

async function run(
  { command, into, env, cwd }: Pipeline,
  signal: AbortSignal,
): Promise<Omit<Cost, 'seconds'>> {
  const options = {
    cancelSignal: signal,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env: { ...env } }),
  };
  const [file = '', ...args] = command;
  const first = execa(file, args, { ...options, buffer: into === undefined, reject: into === undefined });
  const peak = watchPeak(first.pid);
  try {
    const last = into === undefined ? first : first.pipe(execa(into[0] ?? '', into.slice(1), options));
    const { stdout, stderr } = await last;
    return { stdout, stderr, peakBytes: peak.bytes() };
  } catch (error) {
    if (signal.aborted || !(error instanceof ExecaError)) throw error;
    throw new CommandError(error as ExecaError);
  } finally {
    peak.end();
  }
}

/**
 * Looks at a process's peak of resident memory until it ends. The kernel keeps it (`VmHWM`, proc(5)), so that the last look
 * is what counts; what `getrusage` says of a child would include what its parent had when it was started.
 */
function watchPeak(pid: number | undefined): { bytes: () => number | undefined; end: () => void } {
  let peakBytes: number | undefined;
  const look = () => {
    try {
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? ''}/status`, 'utf8'))?.[1];
      if (kilobytes !== undefined) peakBytes = Math.max(Number(kilobytes) * 1024, peakBytes ?? 0);
    } catch {
      // It has ended, or this system has no such file.
    }
  };
  const timer = setInterval(look, SAMPLE_MILLISECONDS);
  return {
    bytes: () => peakBytes,
    end: () => {
      clearInterval(timer);
    },
  };
}
