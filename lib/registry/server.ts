import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wrongInput } from '../fault/fault.ts';
import { answer } from './answer.ts';
import { openRepositories } from './repositories.ts';

/** Which layouts a registry serves, and where. */
export interface RegistryOptions {
  /** Repository name, such as `marker/debian-bookworm`, to the directory of its OCI layout. */
  repositories: Readonly<Record<string, string>>;
  host: '127.0.0.1' | '::1';
  /** 0 takes a free one. */
  port: number;
  /** Told in one sentence, with the file's name, what is wrong with a layout. */
  onProblem: (problem: string) => void;
  /** Others than those that a run needs. */
  limits?: Partial<RegistryLimits>;
}

/** A registry that listens. */
export interface RunningRegistry {
  /** `127.0.0.1:5480` or `[::1]:5480`: what stands before the repository name in an image ref. */
  address: string;
  /** Ends at once, transfers too. */
  close(): Promise<void>;
}

/** What one client after another, or very many at once, can hold of a registry. */
export interface RegistryLimits {
  /** Open connections; one more is dropped. */
  connections: number;
  headerBytes: number;
  /** For a request to come, whole, after its connection was made. */
  requestMilliseconds: number;
  /** For which a connection may stand still; containerd asks again for what it missed. */
  idleMilliseconds: number;
}

/** BuildKit opens at most five connections per repository; the 14 distros of a run need 70. */
const LIMITS: RegistryLimits = {
  connections: 512,
  headerBytes: 16 * 1024,
  requestMilliseconds: 10_000,
  idleMilliseconds: 60_000,
};
const LOOK_MILLISECONDS = 1_000;

/**
 * Serves OCI layouts read-only over HTTP on loopback: distribution-spec 1.1, "Pull". Digests that `index.json` leads
 * to and its tags can be had, nothing else. Ranges are not served: containerd, when it resumes, asks for one and skips
 * what it already has if it gets everything (`fetcher.go`, `withOffsetCheck`).
 *
 * @throws {Fault} when the port cannot be had, a repository name is none, or a layout cannot be read.
 */
export async function serveLayouts(options: RegistryOptions): Promise<RunningRegistry> {
  const { host, onProblem } = options;
  const repositories = await openRepositories(options.repositories, onProblem);
  const limits = { ...LIMITS, ...options.limits };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.requestMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    connectionsCheckingInterval: Math.min(LOOK_MILLISECONDS, limits.requestMilliseconds),
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMilliseconds);
  await listen(server, host, options.port);
  const { port } = server.address() as AddressInfo;
  const hosts = ['127.0.0.1', '[::1]', 'localhost'].flatMap((name) =>
    port === 80 ? [name, `${name}:80`] : [`${name}:${port}`],
  );
  server.on('request', (request, response) => {
    answer(request, response, { repositories, hosts, onProblem }).catch((error: unknown) => {
      if (!hungUp(error)) onProblem(error instanceof Error ? error.message : String(error));
      response.destroy();
    });
  });
  return {
    address: host === '::1' ? `[::1]:${port}` : `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(wrongInput(whyNotListening(error, host, port)));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

function whyNotListening(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
): { message: string; next: string } {
  const what = `the marker registry cannot listen on ${host} port ${port}`;
  const next = 'Choose another port, or 0 for any that is free';
  if (error.code === 'EADDRINUSE') {
    return {
      message: `${what}: the port is in use`,
      next: `End what listens there (ss -ltnp 'sport = :${port}' names it), or choose another port`,
    };
  }
  if (error.code === 'EACCES') return { message: `${what}: ports below 1024 are for root`, next };
  if (error.code === 'EADDRNOTAVAIL') {
    return { message: `${what}: this machine has no such address`, next: 'Use the other loopback address' };
  }
  return { message: `${what}: ${error.message}`, next };
}

/** True when the client ended the connection, which is no problem of the layout. */
function hungUp(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'].includes(code);
}
