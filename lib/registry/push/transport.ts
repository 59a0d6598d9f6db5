import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** One request to a registry or to the server that gives tokens for it. */
export interface Outgoing {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  url: URL;
  headers?: Readonly<Record<string, string>>;
  /** Bytes, or a stream whose length is in the headers. */
  body?: Uint8Array | Readable;
  /** The certificate authorities to trust. */
  authorities: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** At most `LARGEST_ANSWER` bytes of it; documents and errors are small. */
  text: string;
}

/** Nothing that a push is answered with is longer; a longer answer is cut. */
const LARGEST_ANSWER = 256 * 1024;
/** A connection on which nothing moves for this long is given up. */
const IDLE_MILLISECONDS = 30_000;

/** Sends a request and reads the answer. Redirects are answers too. Rejects with Node's own error where there is none. */
export function send(outgoing: Outgoing): Promise<Answer> {
  const { method, url, headers = {}, body, authorities, signal } = outgoing;
  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, timeout: IDLE_MILLISECONDS };
    const sent =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, ca: [...authorities] })
        : httpRequest(url, options);
    sent.on('error', reject);
    sent.on('timeout', () => {
      sent.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
    });
    sent.on('response', (response) => {
      readStart(response).then((text) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      }, reject);
    });
    if (body instanceof Readable) {
      // The source's own error, such as a blob that is not what its digest says, is the one that counts.
      pipeline(body, sent).catch(reject);
    } else sent.end(body);
  });
}

async function readStart(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= LARGEST_ANSWER) break;
  }
  return Buffer.concat(chunks).subarray(0, LARGEST_ANSWER).toString('utf8');
}
