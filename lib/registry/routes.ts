import { parseDigest } from '../oci/digest.ts';
import { LayoutError } from '../oci/layoutError.ts';

/** What a request asks for. `name` is a repository name; `reference` a tag or a digest. */
export type Route =
  | { kind: 'base' }
  | { kind: 'manifest'; name: string; reference: string }
  | { kind: 'blob'; name: string; digest: string };

/** Why a path asks for nothing that a registry has: distribution-spec error codes. */
export type RouteProblem = 'NAME_INVALID' | 'DIGEST_INVALID' | 'MANIFEST_INVALID' | 'NOT_A_ROUTE';

/** A repository name is 255 characters at most in clients, a tag 128, a digest 135: nothing longer is a route. */
const LONGEST_PATH = 600;
const LONGEST_NAME = 255;
const NAME_PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${NAME_PART}(?:/${NAME_PART})*$`);
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** True for what distribution-spec allows as a repository `<name>`. */
export function isRepositoryName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text);
}

/** True for what distribution-spec allows as a tag. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/**
 * Reads a request target as it came over the wire. Nothing is decoded and no dot is resolved: names, tags and digests
 * need neither, so what does is not one of them. A query is left aside; BuildKit sends `?ns=<registry>`.
 *
 * Follows distribution-spec 1.1, "Endpoints": end-1, end-2 and end-3.
 */
export function parseRoute(target: string): Route | { kind: 'problem'; code: RouteProblem } {
  const path = target.split('?', 1)[0] ?? '';
  if (path.length > LONGEST_PATH) return problem('NOT_A_ROUTE');
  if (path === '/v2' || path === '/v2/') return { kind: 'base' };
  // The last two parts are fixed, so a name may itself have a part called "manifests" or "blobs".
  const parts = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path);
  const [, name, kind, reference] = parts ?? [];
  if (name === undefined || reference === undefined) return problem('NOT_A_ROUTE');
  if (!isRepositoryName(name)) return problem('NAME_INVALID');
  if (kind === 'blobs') {
    return isDigest(reference) ? { kind: 'blob', name, digest: reference } : problem('DIGEST_INVALID');
  }
  if (isTag(reference) || isDigest(reference)) return { kind: 'manifest', name, reference };
  return problem(reference.includes(':') ? 'DIGEST_INVALID' : 'MANIFEST_INVALID');
}

function isDigest(text: string): boolean {
  try {
    parseDigest(text);
    return true;
  } catch (error) {
    if (error instanceof LayoutError) return false;
    throw error;
  }
}

function problem(code: RouteProblem): { kind: 'problem'; code: RouteProblem } {
  return { kind: 'problem', code };
}
