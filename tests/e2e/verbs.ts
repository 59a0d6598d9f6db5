import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../lib/report/schema.ts';

/** The clone that the tests are of. */
export const CLONE = fileURLToPath(new URL('../..', import.meta.url));

/** The command line, as it is run in a clone. */
export const CLI = [process.execPath, join(CLONE, 'bin/platform-marker.js')] as const;

/** What the Makefile sets, so that variables are options and commands are spelled for make. */
export const UNDER_MAKE = { PLATFORM_MARKER_MAKE: '' };

/** Make variables, which are a verb's options. */
export type Variables = Readonly<Record<string, string>>;

/** How a verb ended, and what it printed. */
export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A verb on its way. */
export interface Started {
  pid: number;
  /** Resolves when a line of its standard error matches; rejects when it ends without. */
  said(pattern: RegExp): Promise<void>;
  /** Sends a signal to it and all that it started in its process group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void;
  signal(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
}

/** `make <target> NAME=value…` in the clone. */
export function startMake(target: string, variables: Variables, env: Variables = {}): Started {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return start('make', [target, ...assignments], CLONE, env);
}

/** What the Makefile starts for a verb, which keeps the exit status that make turns into 2. `folder` is that of distros.yaml. */
export function startVerb(verb: string, variables: Variables, folder = CLONE): Started {
  return startCli([verb], folder, { ...UNDER_MAKE, ...variables });
}

/** `platform-marker <args…>`, with no make around it. */
export function startCli(args: readonly string[], folder: string, env: Variables = {}): Started {
  const [node, ...program] = CLI;
  return start(node, [...program, ...args], folder, env);
}

export const runMake = (target: string, variables: Variables): Promise<Ended> =>
  startMake(target, variables).ended;

export const runVerb = (verb: string, variables: Variables, folder?: string): Promise<Ended> =>
  startVerb(verb, variables, folder).ended;

/** A command as a person types it into a shell in `folder`. */
export const runShell = (command: string, folder: string, env: Variables = {}): Promise<Ended> =>
  start('bash', ['-ec', command], folder, env).ended;

export const runCli = (args: readonly string[], folder: string, env?: Variables): Promise<Ended> =>
  startCli(args, folder, env).ended;

/** A program with arguments, to its end. */
export const runProgram = (program: string, args: readonly string[], folder: string): Promise<Ended> =>
  start(program, args, folder, {}).ended;

/** What the person who runs the tests has set for runs of their own. */
const OPTIONS = [
  'FRONTEND',
  'DISTRO',
  'PLATFORM',
  'WORKER_PATH',
  'SHARD',
  'TIMES',
  'REPORTS',
  'SUBJECT',
  'BASES',
  'REQUIRE_REAL_BASES',
  'BUILDER',
  'MARKER_REGISTRY',
];
const MORE = [
  'ALLOW_EMULATOR',
  'TIMEOUT',
  'OUT',
  'MAKEFLAGS',
  'MAKELEVEL',
  'MFLAGS',
  'FORCE_COLOR',
  'PLATFORM_MARKER_MAKE',
];
const OF_OTHER_VERBS = ['REF', 'POLICY', 'FORMAT', 'FIX', 'FORCE', 'LAYOUT', 'DEEP', 'JSON', 'CACHE'];

function start(command: string, args: readonly string[], cwd: string, variables: Variables): Started {
  const inherited = Object.entries(process.env).filter(
    ([name]) => ![...OPTIONS, ...MORE, ...OF_OTHER_VERBS].includes(name),
  );
  const child = spawn(command, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    pid,
    said: (pattern) => waitForLine(child, () => stderr, pattern),
    signalGroup: (signal) => process.kill(-pid, signal),
    signal: (signal) => child.kill(signal),
    ended: new Promise((resolve) => {
      let late: NodeJS.Timeout | undefined;
      const end = () => {
        clearTimeout(late);
        resolve({ status: child.exitCode, stdout, stderr });
      };
      child.on('close', end);
      // What a killed run leaves may hold its output open.
      child.on('exit', () => (late = setTimeout(end, 2_000)));
    }),
  };
}

function waitForLine(child: ChildProcess, text: () => string, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (pattern.test(text())) resolve();
    };
    child.stderr?.on('data', look);
    child.on('exit', () => {
      reject(new Error(`it ended before it said ${String(pattern)}:\n${text()}`));
    });
    look();
  });
}

export async function readReport(out: string): Promise<Report> {
  return JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Report;
}

/** Each cell of a report as `<distro> <path> <platform> <verdict>`. */
export function cellsOf(report: Report): string[] {
  return report.cells.map((cell) => [cell.distro, cell.path, cell.platform, cell.verdict].join(' '));
}

/** Runs `use` on an empty folder, which is deleted afterwards. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
