import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../../lib/fault/fault.ts';
import { LayoutError } from '../../../lib/oci/layoutError.ts';
import type { Credentials } from '../../../lib/registry/push/credentials.ts';
import { pushLayout } from '../../../lib/registry/push/pushLayout.ts';
import { connectRegistry } from '../../../lib/registry/push/registryClient.ts';
import { MARKER, MARKER_AMD64, MARKER_INDEX, MARKER_LAYER, withMarkerCopy } from '../layouts.ts';
import { withFakeRegistry, type FakeOptions } from './fakeRegistry.ts';

const push = async (host: string, credentials?: Credentials, layout = MARKER) => {
  const remote = { host, repository: 'm' };
  const client = await connectRegistry(remote, () => Promise.resolve(credentials));
  return pushLayout(layout, client, remote, { firstWait: 1 });
};
const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
const me: Credentials = { username: 'me', password: 'hunter2' };

/** The error of a push that has to fail, in which no credentials may stand. */
async function faultOf(pushed: Promise<unknown>): Promise<Fault> {
  try {
    await pushed;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    assert.not.match(error.message, /hunter2|t0ken/);
    assert.not.match(error.message, Buffer.from('me:hunter2').toString('base64'));
    assert.is(error.exitStatus, 2);
    return error;
  }
  throw new Error('it was pushed');
}

test('all of a layout is pushed by digest, the index last, and what is there is not sent again', () =>
  withFakeRegistry({}, async (registry) => {
    assert.is(await push(registry.host), MARKER_INDEX);
    assert.is(registry.manifests.length, 3);
    assert.ok(registry.manifests.includes(MARKER_AMD64));
    assert.is(registry.manifests.at(-1), MARKER_INDEX);
    const sent = registry.blobs.length;
    await push(registry.host);
    assert.is(registry.blobs.length, sent);
  }));

test('a registry that wants a password gets it, and nothing goes on without', () =>
  withFakeRegistry({ wants: basic }, async (registry) => {
    await push(registry.host, me);
    assert.is(registry.manifests.at(-1), MARKER_INDEX);
  }));

test('a registry that wants a token is sent one from where it says', () =>
  withFakeRegistry(
    { wants: 'Bearer t0ken', challenge: 'Bearer realm="http://HOST/token",service="s"', token: 't0ken' },
    async (registry) => {
      await push(registry.host, me);
      assert.is(registry.manifests.at(-1), MARKER_INDEX);
      const asked = registry.requests.find(({ line }) => line.includes('/token'));
      assert.is(asked?.line, 'GET /token?scope=repository%3Am%3Apull%2Cpush&service=s');
      assert.is(asked?.authorization, basic);
    },
  ));

test('an identity token is sent as OAuth wants it', () =>
  withFakeRegistry(
    { wants: 'Bearer t0ken', challenge: 'Bearer realm="http://HOST/token"', token: 't0ken' },
    async (registry) => {
      await push(registry.host, { identityToken: 'identity' });
      assert.ok(registry.requests.some(({ line }) => line === 'POST /token'));
      assert.is(registry.manifests.at(-1), MARKER_INDEX);
    },
  ));

test('credentials do not go to a token server without TLS on another machine', () =>
  withFakeRegistry(
    { wants: 'Bearer t0ken', challenge: 'Bearer realm="http://registry.invalid/token"' },
    async (registry) => {
      const { message } = await faultOf(push(registry.host, me));
      assert.match(message, 'answered 401 (UNAUTHORIZED)');
    },
  ));

test('without credentials the next step is to log in', () =>
  withFakeRegistry({ wants: basic }, async (registry) => {
    const { message } = await faultOf(push(registry.host));
    assert.is(
      message,
      `--marker-registry ${registry.host}/m cannot be pushed to: ${registry.host} answered 401 (UNAUTHORIZED) when it was asked for its API version; Docker has no credentials for it\n` +
        `  docker login ${registry.host}, as somebody who may push to m`,
    );
  }));

test('with credentials that it does not take, that is said', () =>
  withFakeRegistry({ wants: 'Basic other' }, async (registry) => {
    const { message } = await faultOf(push(registry.host, me));
    assert.match(message, 'it does not take the credentials that Docker has for it');
  }));

for (const [what, line, status, says] of [
  [
    'who may only pull',
    'POST /v2/m/blobs/uploads/',
    403,
    'answered 403 (DENIED) when an upload was to begin',
  ],
  ['a repository that is not there', 'POST /v2/m/blobs/uploads/', 404, 'make the repository m there'],
  [
    'an index it does not take',
    `PUT /v2/m/manifests/${MARKER_INDEX}`,
    400,
    `the manifest ${MARKER_INDEX} was uploaded`,
  ],
  ['its own trouble', 'POST /v2/m/blobs/uploads/', 503, 'try again'],
] as const) {
  test(`${what} (${status}) is a fault that says so`, () => {
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'hunter2' }] });
    const instead = (asked: string) => (asked === line ? { status, body } : undefined);
    return withFakeRegistry({ instead }, async ({ host }) => {
      assert.ok((await faultOf(push(host, me))).message.includes(says));
    });
  });
}

for (const [what, status] of [
  ['is busy', 429],
  ['is being restarted', 503],
] as const) {
  test(`a registry that ${what} (${status}) twice is sent the same again, and no more than that`, () => {
    let refusals = 0;
    const instead = (line: string) =>
      line.startsWith('PUT /v2/m/blobs') && (refusals += 1) <= 2 ? { status, body: '' } : undefined;
    return withFakeRegistry({ instead }, async (registry) => {
      assert.is(await push(registry.host), MARKER_INDEX);
      assert.is(new Set(registry.blobs).size, registry.blobs.length);
    });
  });
}

test('a registry that breaks connections off is tried four times, and one that refuses once', async () => {
  const asked = async (instead: FakeOptions['instead']) => {
    let posts = 0;
    await withFakeRegistry({ ...(instead ? { instead } : {}) }, async ({ host, requests }) => {
      const { message } = await faultOf(push(host));
      assert.match(message, /broken off|403/);
      const last = requests.filter(({ line }) => line.startsWith('PUT /v2/m/manifests/'));
      posts = last.length;
    });
    return posts;
  };
  const only = (answer: { status: number; body: string } | 'break') => (line: string) =>
    line.startsWith('PUT /v2/m/manifests/') ? answer : undefined;
  assert.is(await asked(only('break')), 4);
  assert.is(await asked(only({ status: 403, body: '' })), 1);
});

test('when one blob cannot be sent the others are given up, and what is told is why', async () => {
  const instead = (line: string) => (line.startsWith('POST') ? { status: 503, body: '' } : undefined);
  await withFakeRegistry({ instead }, async (registry) => {
    assert.match((await faultOf(push(registry.host))).message, 'answered 503');
    const asked = registry.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.is(registry.requests.length, asked, 'nothing is sent any more');
  });
});

test('a push that is ended while it waits to try again ends at once', async () => {
  const abort = new AbortController();
  const instead = (line: string) => (line.startsWith('POST') ? { status: 503, body: '' } : undefined);
  await withFakeRegistry({ instead }, async ({ host }) => {
    const remote = { host, repository: 'm' };
    const client = await connectRegistry(remote, () => Promise.resolve(undefined), abort.signal);
    const pushed = pushLayout(MARKER, client, remote, { signal: abort.signal, firstWait: 60_000 });
    const ended = pushed.catch((error: unknown) => error);
    setTimeout(() => {
      abort.abort(new Error('enough'));
    }, 50);
    assert.is(((await ended) as Error).message, 'enough');
  });
});

test('credentials do not follow an upload to another server, and none goes there without TLS', () => {
  const location = 'http://registry.invalid/upload';
  const instead = (line: string) =>
    line.startsWith('POST') ? { status: 202, body: '', location } : undefined;
  return withFakeRegistry({ wants: basic, instead }, async ({ host }) => {
    assert.match((await faultOf(push(host, me))).message, 'led it to a server without TLS');
  });
});

test('where nothing listens, and where there is no such host, that is said', async () => {
  assert.match(
    (await faultOf(push('127.0.0.1:1'))).message,
    '127.0.0.1:1 cannot be reached: nothing listens there',
  );
  assert.match((await faultOf(push('registry.invalid'))).message, /registry\.invalid cannot be reached: /);
});

test('a blob on disk that is not what its digest says is not pushed, and is the layout’s own fault', () =>
  withMarkerCopy(async (layout) => {
    await writeFile(join(layout, 'blobs', ...MARKER_LAYER.split(':')), 'x'.repeat(104));
    await withFakeRegistry({}, async ({ host, manifests }) => {
      try {
        await push(host, undefined, layout);
        assert.unreachable('it was pushed');
      } catch (error) {
        assert.ok(error instanceof LayoutError, String(error));
      }
      assert.equal(manifests, []);
    });
  }));

test.run();
