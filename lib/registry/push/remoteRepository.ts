import { wrongInput, type Fault } from '../../fault/fault.ts';
import { spellOption } from '../../fault/spelling.ts';
import { isRepositoryName } from '../routes.ts';

/** A repository in a registry that a builder can reach: `registry.example:5000/team/markers`. */
export interface RemoteRepository {
  /** `host` or `host:port`, as it stands before the repository in an image reference. */
  host: string;
  repository: string;
}

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?$`);

/**
 * Reads what a person gives as MARKER_REGISTRY. The host has to be named: Docker would take `team/markers` for a
 * repository of Docker Hub, which nobody should push to by an oversight.
 *
 * @throws {Fault} (wrong input) that says what was expected, for a scheme, a tag, a digest, credentials or no host.
 */
export function readRemoteRepository(text: string): RemoteRepository {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined) {
    const rest = text.slice(scheme.length);
    throw unusable(rest.includes('@') ? `${scheme}…` : text, `leave "${scheme}" out`);
  }
  // What stands before an @ may be a password, and is not repeated.
  if (/@sha(256|512):/.test(text)) throw unusable(text, 'leave the digest out: each image has its own');
  if (text.includes('@')) throw unusable('…@…', 'credentials do not belong in it: use `docker login`');
  const slash = text.indexOf('/');
  const host = slash === -1 ? text : text.slice(0, slash);
  const repository = slash === -1 ? '' : text.slice(slash + 1);
  if (!looksLikeHost(host))
    throw unusable(
      text,
      `"${host}" is no registry host: Docker Hub is docker.io, others have a dot or a port`,
    );
  if (repository === '') throw unusable(text, 'it names no repository');
  const [name = '', tag] = repository.split(':', 2);
  if (tag !== undefined) throw unusable(text, `leave ":${tag}" out: images are pushed by digest`);
  if (!isRepositoryName(name))
    throw unusable(
      text,
      `"${name}" is not a repository name: lower-case letters and digits, with single ".", "_", "-" or "/" between them`,
    );
  return { host, repository: name };
}

/** The host and repository as an image reference begins with them. */
export function formatRemoteRepository({ host, repository }: RemoteRepository): string {
  return `${host}/${repository}`;
}

/** Where the registry's API is: Docker Hub's is not at the name that its references have. */
export function apiHost({ host }: RemoteRepository): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

/** Whether a host is this machine's loopback, where Docker too takes plain HTTP (distribution-spec says nothing of it). */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}

function looksLikeHost(text: string): boolean {
  const port = /:(\d+)$/.exec(text)?.[1];
  return (
    HOST.test(text) &&
    (text === 'localhost' || /[.:]/.test(text)) &&
    (port === undefined || Number(port) < 65536)
  );
}

function unusable(text: string, why: string): Fault {
  return wrongInput({
    message: `${spellOption('MARKER_REGISTRY', text)} cannot be used: ${why}`,
    next: 'write it as host/repository, such as registry.example.com/team/markers',
  });
}
