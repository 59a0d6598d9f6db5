import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askRegistry, registryBase } from '../../lib/base/registryBase.ts';
import { CommandError } from '../../lib/engine/commandError.ts';
import { evaluate } from '../../lib/policy/evaluate.ts';
import { generatePolicy } from '../../lib/policy/generatePolicy.ts';
import { parsePolicy, requirePolicy } from '../../lib/policy/parsePolicy.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';
import { distrosOf, withCache } from './distro.ts';

const DIGEST = `sha256:${'b'.repeat(64)}`;
const ROW = `
  - name: debian
    base: debian:bookworm
    manager: apt`;
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const ATTESTATION = { os: 'unknown', architecture: 'unknown' };
const indexOf = (...platforms: object[]) =>
  JSON.stringify({ digest: DIGEST, manifests: platforms.map((platform) => ({ platform })) });
const INDEX = indexOf(AMD64, ARM64, ATTESTATION, ATTESTATION);
const UNNAMED = JSON.stringify({ digest: DIGEST, manifests: [{}, {}] });
const LONE = JSON.stringify({ digest: DIGEST });

/** Answers of `docker buildx imagetools inspect`, by what is asked for. */
const answers = (manifest: string, image = '{}') => `case "$*" in
  *'{{json .Manifest}}') echo '${manifest}' ;;
  *'{{json .Image}}') echo '${image}' ;;
  *) echo 'Name: a table for people' ;;
esac`;

const base = (script: string, platforms?: string) =>
  withCache(() =>
    withFakeDocker(script, async ({ builder }) => {
      const [debian] = await distrosOf(ROW, platforms);
      return debian && registryBase(builder, debian);
    }),
  );

test('a base is the digest of its index, whatever its tag comes to mean during the run', async () => {
  const found = await base(answers(INDEX));
  assert.ok(found && 'base' in found);
  assert.is(found.base.kind, 'registry');
  assert.is(found.base.digest, DIGEST);
  assert.match(
    found.base.context,
    new RegExp(`^docker-image://docker\\.io/library/debian:[\\w-]+@${DIGEST}$`),
  );
});

for (const ref of ['debian:bookworm', `debian@${DIGEST}`, `debian:bookworm@${DIGEST}`]) {
  test(`the policy for ${ref} does not take its plain base, which the control of that path is made from`, () =>
    withCache(() =>
      withFakeDocker(answers(INDEX), async ({ builder }) => {
        const [debian] = await distrosOf(ROW.replace('debian:bookworm', ref));
        assert.ok(debian);
        const found = await registryBase(builder, debian);
        assert.ok('base' in found);
        const policy = requirePolicy(parsePolicy('policy', Buffer.from(generatePolicy(debian))));
        const outcome = (identifier: string) => evaluate([policy], { identifier, attrs: new Map() });
        assert.ok(outcome(`docker-image://${debian.baseRef}`).changed);
        assert.not(outcome(found.base.context).changed);
      }),
    ));
}

test('an image of one platform is no base for another, and says so', async () => {
  const found = await base(answers(LONE, '{"os":"linux","architecture":"amd64"}'));
  assert.equal(found, {
    problem: 'docker.io/library/debian:bookworm is an image of linux/amd64 alone, and not of linux/arm64',
  });
});

test('an index that lacks a platform of the distro’s is no base, and what it holds is named', async () => {
  assert.equal(await base(answers(indexOf(AMD64, { ...ARM64, architecture: 'arm' }, ATTESTATION))), {
    problem:
      'docker.io/library/debian:bookworm has images of linux/amd64, linux/arm/v8 alone, and not of linux/arm64',
  });
});

test('an index that lacks a variant has the older one taken for it, as BuildKit does', async () => {
  const found = await base(
    answers(indexOf(AMD64, { os: 'linux', architecture: 'arm', variant: 'v6' })),
    '[linux/amd64, linux/arm/v7]',
  );
  assert.ok(found && 'base' in found);
  assert.equal(found.base.instead, { 'linux/arm/v7': 'linux/arm/v6' });
});

test('the platforms of an index that does not name them are those of its images', async () => {
  const images = JSON.stringify({ 'linux/amd64': AMD64, 'linux/arm64': ARM64 });
  assert.ok('base' in ((await base(answers(UNNAMED, images))) ?? {}));
  assert.equal(
    await base(
      answers(
        UNNAMED,
        JSON.stringify({ 'linux/amd64': AMD64, 'linux/386': { ...AMD64, architecture: '386' } }),
      ),
    ),
    {
      problem:
        'docker.io/library/debian:bookworm has images of linux/amd64, linux/386 alone, and not of linux/arm64',
    },
  );
});

test('an image of one platform is a base where that is the only one', async () => {
  const image = '{"os":"linux","architecture":"arm64","variant":"v8"}';
  assert.ok('base' in ((await base(answers(LONE, image), '[linux/arm64]')) ?? {}));
});

test('what a registry refuses is a problem in its own words', async () => {
  assert.equal(await base('echo "ERROR: docker.io/library/debian:bookworm: not found" >&2; exit 1'), {
    problem: 'docker.io/library/debian:bookworm: docker.io/library/debian:bookworm: not found',
  });
});

for (const [line, why] of [
  [
    'failed to do request: Head "https://a/v2/": dial tcp: lookup a on 10.0.0.1:53: no such host',
    'no such host',
  ],
  ['dial tcp 127.0.0.1:5000: connect: connection refused', 'connect: connection refused'],
  [
    'Head "https://a/v2/": net/http: TLS handshake timeout: i/o timeout',
    'TLS handshake timeout: i/o timeout',
  ],
  ['tls: failed to verify certificate: x509: unknown authority', 'x509: unknown authority'],
] as const) {
  test(`a registry that cannot be spoken to is unreachable: ${why}`, () =>
    withFakeDocker(`echo 'ERROR: ${line}' >&2; exit 1`, async ({ builder }) => {
      assert.equal(await askRegistry(builder, 'a/b'), { unreachable: why });
    }));
}

for (const line of [
  '401 Unauthorized',
  'toomanyrequests: rate limit',
  'a/b:latest: not found',
  '500 Internal Error',
]) {
  test(`a registry that refuses can be reached: ${line}`, () =>
    withFakeDocker(`echo 'ERROR: ${line}' >&2; exit 1`, async ({ builder }) => {
      assert.equal(await askRegistry(builder, 'a/b'), { refused: line });
    }));
}

test('a run that is interrupted while it asks counts nothing as unreachable', () =>
  withFakeDocker('exec sleep 60', async ({ builder }) => {
    const abort = new AbortController();
    const asking = askRegistry(builder, 'a/b', abort.signal).catch((error: unknown) => error);
    setTimeout(() => {
      abort.abort();
    }, 30);
    const error = await asking;
    assert.ok(error instanceof CommandError && error.cancelled);
  }));

test.run();
