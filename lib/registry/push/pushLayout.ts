import pLimit from 'p-limit';
import pRetry from 'p-retry';
import { openLayout, type Layout } from '../../oci/blobs.ts';
import type { Descriptor } from '../../oci/types.ts';
import { readKnownContent } from '../knownContent.ts';
import { PassingFault, refused } from './pushFaults.ts';
import type { RegistryClient } from './registryClient.ts';
import type { RemoteRepository } from './remoteRepository.ts';

/** Blobs that go out at once. */
const AT_ONCE = 4;
/** How often something is sent again that failed for a reason that passes, and how long it waits first; then longer. */
const RETRIES = { retries: 3, factor: 3 };
const FIRST_WAIT_MS = 500;

/**
 * Pushes all that a layout has to a repository, by digest and without a tag: no other run's images are touched, and what
 * the registry has already is not sent again. What fails for a reason that passes is tried again after a while. Follows
 * distribution-spec 1.1, "Push": end-2, end-4a, end-6 and end-7.
 *
 * @returns the digest of the layout's one index or manifest.
 * @throws {Fault} (wrong input) where the registry refuses.
 * @throws {LayoutError} for a layout that is not sound.
 */
export async function pushLayout(
  path: string,
  client: RegistryClient,
  remote: RemoteRepository,
  { signal, firstWait = FIRST_WAIT_MS }: { signal?: AbortSignal | undefined; firstWait?: number } = {},
): Promise<string> {
  // What fails for good ends all that is still to be sent, before the layout is closed.
  const failed = new AbortController();
  const ending = AbortSignal.any([failed.signal, ...(signal === undefined ? [] : [signal])]);
  const insist = (work: () => Promise<void>) =>
    pRetry(work, {
      ...RETRIES,
      minTimeout: firstWait,
      shouldRetry: ({ error }) => error instanceof PassingFault,
      signal: ending,
      unref: true,
    });
  const layout = await openLayout(path);
  try {
    const { blobs, manifests, problems } = await readKnownContent(layout);
    const [top] = layout.index.manifests;
    if (top === undefined || layout.index.manifests.length > 1 || problems.length > 0) {
      throw new Error(problems[0] ?? `${path}: expected one image in the layout, to push it`);
    }
    const limit = pLimit(AT_ONCE);
    const sendAll = [...blobs.values()].map((blob) =>
      limit(() => insist(() => pushBlob(layout, blob, client, remote))).catch((error: unknown) => {
        failed.abort(error);
      }),
    );
    await Promise.all(sendAll);
    ending.throwIfAborted();
    // What an index names has to be there before it.
    for (const manifest of [...manifests.values()].reverse())
      await insist(() => pushManifest(layout, manifest, client, remote));
    return top.digest;
  } finally {
    await layout.close();
  }
}

async function pushBlob(
  layout: Layout,
  blob: Descriptor,
  client: RegistryClient,
  remote: RemoteRepository,
): Promise<void> {
  const { base, ask, hasCredentials } = client;
  const { digest, size } = blob;
  const there = await ask({ method: 'HEAD', url: new URL(`blobs/${digest}`, base) });
  // A redirect leads to where the registry keeps it.
  if (there.status === 200 || there.status === 307) return;
  const started = await ask({
    method: 'POST',
    url: new URL('blobs/uploads/', base),
    headers: { 'content-length': '0' },
  });
  const { location } = started.headers;
  if (started.status !== 202 || location === undefined)
    throw refused(remote, started, 'an upload was to begin', hasCredentials);
  const url = new URL(location, base);
  if (url.protocol !== 'https:' && url.origin !== base.origin)
    throw refused(
      remote,
      started,
      'an upload was to begin, and led it to a server without TLS',
      hasCredentials,
    );
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
  const done = await ask({ method: 'PUT', url, headers, body: () => layout.openBlob(blob) });
  if (done.status !== 201) throw refused(remote, done, `the blob ${digest} was uploaded`, hasCredentials);
}

async function pushManifest(
  layout: Layout,
  manifest: Descriptor,
  { base, ask, hasCredentials }: RegistryClient,
  remote: RemoteRepository,
): Promise<void> {
  const { digest, mediaType } = manifest;
  const bytes = await layout.readDocument(manifest);
  const headers = { 'content-type': mediaType, 'content-length': String(bytes.length) };
  const url = new URL(`manifests/${digest}`, base);
  const done = await ask({ method: 'PUT', url, headers, body: () => Promise.resolve(bytes) });
  if (done.status !== 201) throw refused(remote, done, `the manifest ${digest} was uploaded`, hasCredentials);
}
