import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { noBuilder } from '../fault/fault.ts';
import { cacheSubfolder } from './cacheFolder.ts';
import { logEnd } from './commandError.ts';
import { ping } from './ping.ts';
import { processStart } from './processLife.ts';
import { toolPrefix, type ToolPrefix } from './toolPrefix.ts';

/** An engine of the project's own that is up. */
export interface OwnEngine {
  /** The process whose end is the engine's end. */
  pid: number;
  /** Holds its socket and log; gone when the engine is stopped. */
  run: string;
  docker: string;
  /** The plugin's own program. */
  buildx: string;
  env: Record<string, string>;
  enter: string[];
  sealed: boolean;
  unsealedBecause?: string;
}

/** The plugin's own program, in the prefix. */
export const BUILDX = 'usr/libexec/docker/cli-plugins/docker-buildx';
const UP_WITHIN_MS = 60_000;
const DOWN_WITHIN_MS = 15_000;
/** What BuildKit keeps of its cache between runs. */
const CACHE_LIMIT = '12GB';

/**
 * Starts dockerd from the project's own prefix in namespaces of its own: no file, process, network or mount of the
 * system changes. Root gets subordinate ids for this process tree alone; other users need theirs in /etc/subuid.
 *
 * `keep` leaves it running when this process ends; otherwise it ends with this process, however that ends.
 * Throws a Fault (no builder) with the end of the engine's log when it does not come up.
 */
export async function startOwnEngine(options: {
  say: (line: string) => void;
  seal: boolean;
  keep: boolean;
  signal?: AbortSignal | undefined;
}): Promise<OwnEngine> {
  const prefix = await toolPrefix(options.say, options.signal);
  const state = await cacheSubfolder('engine');
  // Short, because a socket's path has room for 107 characters.
  const run = await mkdtemp(join(tmpdir(), 'platform-marker-'));
  try {
    const child = await launch(prefix, state, run, options);
    try {
      await waitUntilUp(child, run, options.signal);
      const innerPid = Number(await readFile(join(run, 'rootlesskit/child_pid'), 'utf8'));
      return describe(prefix, run, child.pid ?? 0, innerPid, await readFile(join(run, 'seal'), 'utf8'));
    } catch (error) {
      await endProcess(child.pid);
      throw error;
    }
  } catch (error) {
    await rm(run, { recursive: true, force: true });
    throw error;
  }
}

/** Ends the engine and waits until all of it is gone: dockerd is asked first, then killed with its namespaces. */
export async function stopOwnEngine(engine: Pick<OwnEngine, 'pid' | 'run'>): Promise<void> {
  await endProcess(engine.pid);
  await rm(engine.run, { recursive: true, force: true });
}

async function launch(
  prefix: ToolPrefix,
  state: string,
  run: string,
  { seal, keep }: { seal: boolean; keep: boolean },
): Promise<ChildProcess> {
  await mkdir(join(run, 'config/cli-plugins'), { recursive: true });
  await symlink(join(prefix.root, BUILDX), join(run, 'config/cli-plugins/docker-buildx'));
  await writeFile(join(run, 'subids'), 'root:100000:65536\n');
  const daemon = {
    'exec-root': join(run, 'exec'),
    pidfile: join(run, 'docker.pid'),
    hosts: [`unix://${socketOf(run)}`],
    features: { 'containerd-snapshotter': true },
    builder: { gc: { enabled: true, defaultKeepStorage: CACHE_LIMIT } },
    'log-level': 'warn',
  };
  await writeFile(join(run, 'daemon.json'), JSON.stringify(daemon, null, 2));

  const asRoot = process.getuid?.() === 0;
  const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const command = [
    ...(asRoot ? ['unshare', '--mount', 'sh', script('subids.sh'), join(run, 'subids')] : []),
    ...(keep ? [] : ['setpriv', '--pdeathsig', 'TERM']),
    ...['rootlesskit', `--state-dir=${join(run, 'rootlesskit')}`, '--net=slirp4netns', '--mtu=65520'],
    ...['--disable-host-loopback', '--port-driver=builtin', '--copy-up=/etc', '--copy-up=/run', '--pidns'],
    ...['sh', script('daemon.sh'), run, state, seal ? 'seal' : 'open'],
    ...['dockerd', '--rootless', '--config-file', join(run, 'daemon.json')],
  ];
  const log = openSync(join(run, 'log'), 'a');
  // Not through runCommand: this one outlives the call, and a kept one outlives the process.
  const child = spawn(command[0] ?? '', command.slice(1), {
    env: { ...process.env, ...prefix.env, HOME: run, XDG_RUNTIME_DIR: run },
    stdio: ['ignore', log, log],
    // A process group of its own, so that Ctrl-C reaches it through us, in order, and not from the terminal.
    detached: true,
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  return child;
}

async function waitUntilUp(child: ChildProcess, run: string, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + UP_WITHIN_MS;
  while (!(await ping(socketOf(run)))) {
    signal?.throwIfAborted();
    const ended = child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      const log = await readFile(join(run, 'log'), 'utf8').catch(() => '');
      throw noBuilder(
        `the project’s own engine ${ended ? 'ended at once' : 'did not come up within a minute'}:\n${logEnd(log)}`,
        'it needs root or subordinate ids (/etc/subuid), user namespaces and /dev/net/tun; or start Docker 25 or later',
      );
    }
    await sleep(50);
  }
}

function describe(prefix: ToolPrefix, run: string, pid: number, innerPid: number, seal: string): OwnEngine {
  const sealed = seal.trim() === 'sealed';
  const asRoot = process.getuid?.() === 0;
  return {
    pid,
    run,
    docker: join(prefix.root, 'usr/bin/docker'),
    buildx: join(prefix.root, BUILDX),
    env: {
      DOCKER_HOST: `unix://${socketOf(run)}`,
      DOCKER_CONFIG: join(run, 'config'),
      DOCKER_CONTEXT: '',
      // Of the engine that the person has, on another host perhaps: this one is a socket.
      DOCKER_TLS_VERIFY: '',
      DOCKER_API_VERSION: '',
      BUILDX_BUILDER: 'default',
    },
    enter: ['nsenter', '-t', String(innerPid), '-n', ...(asRoot ? [] : ['-U', '--preserve-credentials'])],
    sealed,
    ...(sealed ? {} : { unsealedBecause: seal.trim() }),
  };
}

function socketOf(run: string): string {
  return join(run, 'docker.sock');
}

async function endProcess(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const started = processStart(pid);
  if (started === undefined) return;
  for (const [signal, patience] of [
    ['SIGTERM', DOWN_WITHIN_MS],
    ['SIGKILL', DOWN_WITHIN_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      if (processStart(pid) !== started) return;
      await sleep(20);
    }
  }
}
