import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Layout } from '../oci/blobs.ts';
import type { Descriptor } from '../oci/types.ts';
import { refuse } from './errors.ts';
import type { Refusal } from './errors.ts';
import type { Repository } from './repositories.ts';
import { parseRoute } from './routes.ts';

/** What a registry answers from. */
export interface Registry {
  repositories: ReadonlyMap<string, Repository>;
  /** The values of a Host header that mean this registry. */
  hosts: readonly string[];
  /** Told in one sentence what is wrong on disk. */
  onProblem: (problem: string) => void;
}

/** A blob or manifest to send. */
interface Found {
  layout: Layout;
  descriptor: Descriptor;
  contentType: string;
}

/** Answers one request, and settles when the answer is out. It rejects when the connection breaks on the way. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  registry: Registry,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  response.setHeader('x-content-type-options', 'nosniff');
  const found = refusalOf(request, registry.hosts) ?? (await find(request.url ?? '', registry));
  if (typeof found === 'string') refuse(response, found);
  else if (found === undefined) sendApiVersion(response);
  else await send(found, request.method === 'HEAD', response, registry.onProblem);
}

/** Why a request is refused before its path is looked at. */
function refusalOf(request: IncomingMessage, hosts: readonly string[]): Refusal | undefined {
  const { headersDistinct, method, headers } = request;
  // A page in a browser can reach this server under a name of its own (DNS rebinding), and this header tells it.
  const named = headersDistinct['host'] ?? [];
  if (named.length !== 1 || !hosts.includes(named[0] ?? '')) return 'FOREIGN_HOST';
  if (method !== 'GET' && method !== 'HEAD') return 'READ_ONLY';
  if (headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0') return 'BODY';
  return undefined;
}

/** What a path leads to: something to send, a refusal, or undefined for the API version check at `/v2/`. */
async function find(target: string, registry: Registry): Promise<Found | Refusal | undefined> {
  const route = parseRoute(target);
  if (route.kind === 'problem') return route.code;
  if (route.kind === 'base') return undefined;
  const repository = registry.repositories.get(route.name);
  if (repository === undefined) return 'NAME_UNKNOWN';
  const served = await repository.current().catch((error: unknown) => {
    registry.onProblem(messageOf(error));
  });
  if (served === undefined) return 'LAYOUT_UNSOUND';
  const descriptor =
    route.kind === 'blob'
      ? served.blobs.get(route.digest)
      : (served.tags.get(route.reference) ?? served.manifests.get(route.reference));
  if (descriptor === undefined) return route.kind === 'blob' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN';
  return {
    layout: served.layout,
    descriptor,
    contentType: route.kind === 'blob' ? 'application/octet-stream' : descriptor.mediaType,
  };
}

function sendApiVersion(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 2 });
  response.end('{}');
}

/**
 * Streams a blob of a layout. One that is not what its descriptor says is reported: before the first byte, which is
 * answered with 500, or by its digest after the last, which breaks the connection.
 */
async function send(
  { layout, descriptor, contentType }: Found,
  headersOnly: boolean,
  response: ServerResponse,
  onProblem: (problem: string) => void,
): Promise<void> {
  const blob = await layout.openBlob(descriptor).catch((error: unknown) => {
    onProblem(messageOf(error));
  });
  if (blob === undefined) {
    refuse(response, 'LAYOUT_UNSOUND');
    return;
  }
  response.writeHead(200, {
    'content-type': contentType,
    'content-length': descriptor.size,
    'docker-content-digest': descriptor.digest,
  });
  if (headersOnly) {
    blob.destroy();
    response.end();
  } else {
    await pipeline(blob, holdBackLast, response);
  }
}

/**
 * Passes chunks on, the last one only when the source has ended well: a blob's digest is known after its last byte, and
 * a client that has counted all bytes would not wait for it.
 */
async function* holdBackLast(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer | undefined;
  for await (const chunk of source) {
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (held !== undefined) yield held;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
