import { request } from 'node:http';
import { connect } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { serveLayouts } from '../../lib/registry/server.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Serves layouts on a free port while `use` runs. `problems` grows as the registry reports. */
export async function withRegistry(
  repositories: Record<string, string>,
  use: (address: string, problems: string[]) => Promise<void>,
): Promise<void> {
  const problems: string[] = [];
  const registry = await serveLayouts({
    repositories,
    host: '127.0.0.1',
    port: 0,
    onProblem: (problem) => problems.push(problem),
  });
  try {
    await use(registry.address, problems);
  } finally {
    await registry.close();
  }
}

/** One request whose path is sent as it is, which `fetch` would not do. */
export function ask(
  address: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request({ host, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends bytes and returns what comes back until the server ends the connection. */
export function sendRaw(address: string, bytes: Buffer | string): Promise<string> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), host ?? '', () => socket.write(bytes));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
  });
}

/** The codes of a distribution-spec error body. */
export function errorCodes(answer: Answer): string[] {
  const { errors } = JSON.parse(answer.body.toString()) as { errors: { code: string; message: string }[] };
  return errors.map(({ code }) => code);
}
