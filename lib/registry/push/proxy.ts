import type { Agent } from 'node:http';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { isLoopback } from './remoteRepository.ts';

/**
 * The proxy that a request goes through: `HTTPS_PROXY`, unless `NO_PROXY` names the host, and never for loopback, as Go's
 * programs and so Docker's take them (Go `net/http` ProxyFromEnvironment). Undefined where it goes directly.
 */
export function proxyFor(url: URL): URL | undefined {
  if (url.protocol !== 'https:' || isLoopback(url.host)) return undefined;
  const proxy = getProxyForUrl(url.href);
  if (proxy === '') return undefined;
  // The library reads `proxy:3128` as one that is spoken to by TLS, Go as one that is not.
  const isWritten = ['https_proxy', 'all_proxy'].some((name) =>
    [process.env[name], process.env[name.toUpperCase()]].includes(proxy),
  );
  const address = isWritten ? proxy : proxy.replace(/^https:/, 'http:');
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** What carries a request through its proxy, by CONNECT; undefined where it goes directly. */
export function proxyAgent(url: URL, authorities: readonly string[]): Agent | undefined {
  const proxy = proxyFor(url);
  return proxy === undefined ? undefined : new HttpsProxyAgent(proxy, { ca: [...authorities] });
}
