import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry in memory that takes pushes as distribution-spec says, and refuses as a test says. */
export interface FakeRegistry {
  host: string;
  /** Digests of manifests and blobs, in the order in which they came. */
  manifests: string[];
  blobs: string[];
  /** `<method> <path>` and the Authorization header of each request. */
  requests: { line: string; authorization: string | undefined }[];
}

export interface FakeOptions {
  /** The Authorization header that it wants. */
  wants?: string;
  /** Its WWW-Authenticate header, in which `HOST` stands for its own. */
  challenge?: string;
  /** What its token server answers. */
  token?: string;
  /** Answers instead of the registry: a status and body for a request line, or no answer at all. */
  instead?: (line: string) => { status: number; body: string; location?: string } | 'break' | undefined;
}

/** Runs `use` with one on loopback, by plain HTTP. */
export async function withFakeRegistry(
  options: FakeOptions,
  use: (registry: FakeRegistry) => Promise<void>,
): Promise<void> {
  const registry: FakeRegistry = { host: '', manifests: [], blobs: [], requests: [] };
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const line = `${method} ${url}`;
      registry.requests.push({ line, authorization: headers.authorization });
      const answer = (status: number, text = '', more: Record<string, string> = {}) =>
        response.writeHead(status, more).end(text);
      const instead = options.instead?.(line);
      if (instead === 'break') return request.socket.destroy();
      if (instead !== undefined) {
        const { status, body: text, location } = instead;
        return answer(status, text, location === undefined ? {} : { location });
      }
      if (url.startsWith('/token')) return answer(200, JSON.stringify({ token: options.token }));
      if (options.wants !== undefined && headers.authorization !== options.wants) {
        const challenge = (options.challenge ?? 'Basic realm="r"').replaceAll('HOST', registry.host);
        const text = JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: headers.authorization }] });
        return answer(401, text, { 'www-authenticate': challenge });
      }
      if (url === '/v2/') return answer(200, '{}');
      const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
      if (method === 'HEAD') return answer(registry.blobs.includes(url.split('/').at(-1) ?? '') ? 200 : 404);
      if (method === 'POST') return answer(202, '', { location: '/v2/m/blobs/uploads/1?state=a' });
      const isManifest = url.startsWith('/v2/m/manifests/');
      const named = isManifest
        ? url.slice('/v2/m/manifests/'.length)
        : new URL(url, 'http://x').searchParams.get('digest');
      if (named !== digest) return answer(400, JSON.stringify({ errors: [{ code: 'DIGEST_INVALID' }] }));
      (isManifest ? registry.manifests : registry.blobs).push(digest);
      return answer(201);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  registry.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await use(registry);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
