import type { Readable } from 'node:stream';
import { trustedAuthorities } from './authorities.ts';
import { readChallenges, type Challenge } from './challenge.ts';
import type { Credentials, FindCredentials } from './credentials.ts';
import { refused, speaksPlainHttp, unreachable } from './pushFaults.ts';
import { apiHost, isLoopback, type RemoteRepository } from './remoteRepository.ts';
import { send, type Answer, type Outgoing } from './transport.ts';

/** What is asked of a registry. A body is made anew for each try. */
export interface Asked {
  method: Outgoing['method'];
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: () => Promise<Uint8Array | Readable>;
}

/** A registry that has answered, spoken to as the person whom Docker is logged in as. */
export interface RegistryClient {
  /** Of the repository's API, with a slash at its end: `https://host/v2/<repository>/`. */
  base: URL;
  /** Sends a request, with credentials where it stays on that host. Throws a Fault where there is no answer. */
  ask: (asked: Asked) => Promise<Answer>;
  hasCredentials: boolean;
}

/**
 * Reaches a registry: by TLS, and on loopback by plain HTTP where it speaks no TLS. Throws a Fault (wrong input) where
 * it cannot be reached or does not know whom it speaks to.
 */
export async function connectRegistry(
  remote: RemoteRepository,
  findCredentials: FindCredentials,
  signal?: AbortSignal,
): Promise<RegistryClient> {
  const host = apiHost(remote);
  const authorities = await trustedAuthorities(remote.host);
  const credentials = await findCredentials(remote.host);
  let authorization: string | undefined;
  let origin = `https://${host}`;

  const sendFaulted = async (outgoing: Omit<Outgoing, 'authorities' | 'signal'>): Promise<Answer> => {
    try {
      return await send({ ...outgoing, authorities, signal });
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNetworkError(error)) throw error;
      throw unreachable(remote, outgoing.url.host, error);
    }
  };

  const ask = async ({ method, url, headers = {}, body }: Asked): Promise<Answer> => {
    const once = async () => {
      // An upload may go on at another host, which has a right to what is in the URL and to nothing else.
      const own = url.origin === origin && authorization !== undefined ? { authorization } : {};
      const content = body === undefined ? {} : { body: await body() };
      return sendFaulted({ method, url, headers: { ...headers, ...own }, ...content });
    };
    const answer = await once();
    if (answer.status !== 401 || url.origin !== origin) return answer;
    const challenges = readChallenges(answer.headers['www-authenticate'] ?? '');
    const granted = await authorize(challenges);
    if (granted === undefined) return answer;
    authorization = granted;
    return once();
  };

  const authorize = async (challenges: readonly Challenge[]): Promise<string | undefined> => {
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) return fetchToken(bearer.parameters);
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    return basic && credentials !== undefined && 'username' in credentials ? basicOf(credentials) : undefined;
  };

  /** Asks for a token (distribution `docs/spec/auth/token`; with an identity token as its `oauth` says). */
  const fetchToken = async (parameters: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const { realm = '', service } = parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    // Credentials are sent there: a registry must not lead them astray.
    if (url === undefined || (url.protocol !== 'https:' && !isLoopback(url.host))) return undefined;
    const scope = `repository:${remote.repository}:pull,push`;
    const asked = { scope, ...(service === undefined ? {} : { service }) };
    const answer = await sendFaulted(tokenRequest(url, asked, credentials));
    if (answer.status !== 200)
      throw refused(remote, answer, 'a token was asked for', credentials !== undefined);
    const token = tokenOf(answer.text);
    return token === undefined ? undefined : `Bearer ${token}`;
  };

  if (isLoopback(host) && (await isPlainHttp(origin, authorities, signal))) origin = `http://${host}`;
  const first = await ask({ method: 'GET', url: new URL('/v2/', origin) });
  const hasCredentials = credentials !== undefined;
  if (first.status !== 200) throw refused(remote, first, 'it was asked for its API version', hasCredentials);
  return { base: new URL(`/v2/${remote.repository}/`, origin), ask, hasCredentials };
}

/** Whether a server answers a TLS client as one that speaks plain HTTP does. */
async function isPlainHttp(
  origin: string,
  authorities: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await send({ method: 'GET', url: new URL('/v2/', origin), authorities, signal });
    return false;
  } catch (error) {
    signal?.throwIfAborted();
    return speaksPlainHttp(error);
  }
}

function tokenRequest(
  url: URL,
  asked: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
): Omit<Outgoing, 'authorities' | 'signal'> {
  if (credentials !== undefined && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      ...asked,
      grant_type: 'refresh_token',
      refresh_token: credentials.identityToken,
      client_id: 'platform-marker',
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: Buffer.from(form.toString()) };
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  const headers = credentials === undefined ? {} : { authorization: basicOf(credentials) };
  return { method: 'GET', url, headers };
}

function basicOf({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenOf(text: string): string | undefined {
  try {
    const { token, access_token: access } = JSON.parse(text) as Record<string, unknown>;
    const found = token ?? access;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Node's errors of sockets, names and TLS have a code; what a layout is refused for has none. */
function isNetworkError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
