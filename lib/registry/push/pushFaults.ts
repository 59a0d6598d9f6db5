import { Fault, wrongInput } from '../../fault/fault.ts';
import { spellOption } from '../../fault/spelling.ts';
import { formatRemoteRepository, type RemoteRepository } from './remoteRepository.ts';
import type { Answer } from './transport.ts';

/** How much of a registry's own words an error repeats. */
const LONGEST_WORDS = 200;

/** What to try when a certificate is signed by an authority that this machine does not know. */
const UNKNOWN_AUTHORITY = [
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
];
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no such host',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'the connection was broken off',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'no network to that host',
};

/** What a TLS client says of a server that speaks plain HTTP. */
export function speaksPlainHttp(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG' || code === 'EPROTO'
  );
}

/** A Fault that may be none a moment later: a connection that broke, or a registry that has too much to do. */
export class PassingFault extends Fault {}

function passing({ complaints, exitStatus }: Fault): PassingFault {
  return new PassingFault(complaints, exitStatus);
}

const PASSING = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'];

/** The Fault for a request that had no answer. `host` is the server's, which may be the one that gives tokens. */
export function unreachable(remote: RemoteRepository, host: string, error: unknown): Fault {
  const fault = unanswered(remote, host, error);
  return PASSING.includes((error as NodeJS.ErrnoException).code ?? '') ? passing(fault) : fault;
}

function unanswered(remote: RemoteRepository, host: string, error: unknown): Fault {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const what = `${spellOption('MARKER_REGISTRY', formatRemoteRepository(remote))} cannot be pushed to`;
  if (UNKNOWN_AUTHORITY.includes(code))
    return wrongInput({
      message: `${what}: the certificate of ${host} is signed by an authority that this machine does not know`,
      next: `put the authority’s certificate into /etc/docker/certs.d/${host}/ca.crt, or name its file in SSL_CERT_FILE`,
    });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return wrongInput({
      message: `${what}: the certificate of ${host} does not hold: ${message}`,
      next: 'give the registry a certificate of that name and for today',
    });
  if (speaksPlainHttp(error))
    return wrongInput({
      message: `${what}: ${host} does not speak TLS`,
      next: 'give the registry a certificate: only on loopback are images and credentials sent without TLS',
    });
  return wrongInput({
    message: `${what}: ${host} cannot be reached: ${REASONS[code] ?? (code || message)}`,
    next: `see whether it answers from this machine: curl https://${host}/v2/`,
  });
}

/** The Fault for an answer that does not go on. `doing` is what was asked for, as `a blob was to be uploaded`. */
export function refused(
  remote: RemoteRepository,
  { status, text }: Answer,
  doing: string,
  hasCredentials: boolean,
): Fault {
  const { host } = remote;
  const words = wordsOf(text);
  const named = spellOption('MARKER_REGISTRY', formatRemoteRepository(remote));
  const message = `${named} cannot be pushed to: ${host} answered ${status}${words} when ${doing}`;
  if (status === 401 || status === 403) {
    return wrongInput({
      message: `${message}; ${hasCredentials ? 'it does not take the credentials that Docker has for it' : 'Docker has no credentials for it'}`,
      next: `docker login ${host}, as somebody who may push to ${remote.repository}`,
    });
  }
  if (status === 404)
    return wrongInput({
      message,
      next: `make the repository ${remote.repository} there, where it has to be made`,
    });
  const fault = wrongInput({
    message,
    next:
      status === 429 || status >= 500
        ? 'try again, and see the registry’s own log'
        : 'see the registry’s own log',
  });
  return status === 429 || status >= 500 ? passing(fault) : fault;
}

/** The codes of distribution-spec's error document, which hold nothing of a request; prose could repeat it. */
function wordsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: unknown }[] };
    const codes = (Array.isArray(errors) ? errors : []).flatMap(({ code }) =>
      typeof code === 'string' && /^[A-Z_]+$/.test(code) ? [code] : [],
    );
    return codes.length === 0 ? '' : ` (${codes.join(', ').slice(0, LONGEST_WORDS)})`;
  } catch {
    return '';
  }
}
