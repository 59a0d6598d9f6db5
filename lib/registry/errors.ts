import type { ServerResponse } from 'node:http';

/**
 * Error codes of distribution-spec 1.1, "Error Codes", and `UNKNOWN`, which registries use for trouble of their own.
 */
const ERRORS = {
  NOT_A_ROUTE: { status: 404, code: 'UNSUPPORTED', message: 'no such endpoint in this read-only registry' },
  NAME_INVALID: { status: 400, code: 'NAME_INVALID', message: 'invalid repository name' },
  DIGEST_INVALID: { status: 400, code: 'DIGEST_INVALID', message: 'invalid digest' },
  MANIFEST_INVALID: { status: 400, code: 'MANIFEST_INVALID', message: 'invalid tag' },
  NAME_UNKNOWN: { status: 404, code: 'NAME_UNKNOWN', message: 'repository name not known to registry' },
  MANIFEST_UNKNOWN: { status: 404, code: 'MANIFEST_UNKNOWN', message: 'manifest unknown to registry' },
  BLOB_UNKNOWN: { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' },
  READ_ONLY: { status: 405, code: 'UNSUPPORTED', message: 'this registry is read-only: GET and HEAD' },
  BODY: { status: 400, code: 'UNSUPPORTED', message: 'a request to this registry has no body' },
  FOREIGN_HOST: { status: 421, code: 'DENIED', message: 'the Host header names another server' },
  LAYOUT_UNSOUND: {
    status: 500,
    code: 'UNKNOWN',
    message: 'the layout on disk is not sound; see the registry log',
  },
} as const;

/** A reason to refuse a request. */
export type Refusal = keyof typeof ERRORS;

/**
 * Answers with the status and the JSON body `{"errors":[{"code","message"}]}` of distribution-spec, without a word of
 * the request in it. A HEAD gets the headers alone.
 */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, code, message } = ERRORS[refusal];
  const body = JSON.stringify({ errors: [{ code, message }] });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    // What could be the start of a body, or of an attack, is not read as the next request.
    ...(refusal === 'READ_ONLY' || refusal === 'BODY' || refusal === 'FOREIGN_HOST'
      ? { connection: 'close' }
      : {}),
    ...(refusal === 'READ_ONLY' ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(body);
}
