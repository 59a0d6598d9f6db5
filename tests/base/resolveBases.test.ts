import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrapName } from '../../lib/base/bootstrap.ts';
import { resolveBases, type ResolveOptions } from '../../lib/base/resolveBases.ts';
import { withFakeDocker } from '../engine/fakeDocker.ts';
import { distrosOf, faultOf, withCache, writeBase } from './distro.ts';

const DIGEST = `sha256:${'b'.repeat(64)}`;
const ROWS = `
  - name: bookworm
    base: debian:bookworm
    manager: apt
    bootstrap: { suite: bookworm }
  - name: alma
    base: almalinux:9
    manager: dnf
  - name: azure
    base: mcr.example.com/azure:3
    manager: tdnf`;
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const MANIFESTS = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
const REACHABLE = `echo '${JSON.stringify({ digest: DIGEST, manifests: MANIFESTS })}'`;
const UNREACHABLE = 'echo "ERROR: dial tcp: lookup x: no such host" >&2; exit 1';

/** Runs with a cache of its own that holds a bootstrapped bookworm: none is made for real here. */
const withBookworm = <T>(run: (cache: string) => Promise<T>) =>
  withCache(async (cache) => {
    const bootstrapped = join(cache, 'bases', bootstrapName('bookworm', PLATFORMS));
    await writeBase(join(bootstrapped, 'layout'), PLATFORMS);
    return run(cache);
  });

/** Resolves the bases of the rows with such a cache. */
const resolve = (script: string, change: Partial<ResolveOptions> = {}) =>
  withBookworm(() => resolveAgain(script, change));

/** The same with the cache that is there. */
const resolveAgain = (script: string, change: Partial<ResolveOptions> = {}) =>
  withFakeDocker(script, async ({ builder, calls }) => {
    const said: string[] = [];
    const bases = await resolveBases({
      distros: await distrosOf(ROWS),
      builder,
      requireReal: false,
      say: (line) => said.push(line),
      note: (line) => said.push(line),
      ...change,
    });
    const kinds = [...bases].map(([name, one]) => `${name}: ${'base' in one ? one.base.kind : one.problem}`);
    return { bases, kinds, said, calls: await calls() };
  });

test('a registry that can be reached is preferred', async () => {
  const { kinds, said } = await resolve(REACHABLE);
  assert.equal(kinds, ['bookworm: registry', 'alma: registry', 'azure: registry']);
  assert.equal(said, []);
});

test('where none can be reached there are Debian’s own packages, and stand-ins for the rest', async () => {
  const { kinds, said, calls } = await resolve(UNREACHABLE);
  assert.equal(kinds, ['bookworm: bootstrap', 'alma: stand-in', 'azure: stand-in']);
  assert.equal(said.sort(), [
    'registry docker.io cannot be reached: lookup x: no such host',
    'registry mcr.example.com cannot be reached: lookup x: no such host',
  ]);
  assert.is(calls.length, 2, 'each registry is asked once, not once for each distro');
});

test('one registry that cannot be reached says nothing about another', async () => {
  const { kinds } = await resolve(
    `case "$*" in *mcr.example.com*) ${REACHABLE}; exit 0 ;; esac; ${UNREACHABLE}`,
  );
  assert.equal(kinds, ['bookworm: bootstrap', 'alma: stand-in', 'azure: registry']);
});

test('a base that its registry refuses is a problem of that distro, and no reason for a stand-in', async () => {
  const { kinds } = await resolve(
    `case "$*" in *almalinux*) echo 'ERROR: denied' >&2; exit 1 ;; esac; ${REACHABLE}`,
  );
  assert.equal(kinds, [
    'bookworm: registry',
    'alma: docker.io/library/almalinux:9: denied',
    'azure: registry',
  ]);
});

test('a person’s own layout outranks the registry, which is not asked for it', () =>
  withCache(async (layouts) => {
    await writeBase(join(layouts, 'azure'), PLATFORMS);
    const { kinds, calls } = await resolve(REACHABLE, { layouts });
    assert.equal(kinds, ['bookworm: registry', 'alma: registry', 'azure: layout']);
    assert.not(calls.some((call) => call.includes('mcr.example.com')));
  }));

test('a folder of layouts that is not there, or holds none that is wanted, is refused', () =>
  withCache(async (layouts) => {
    for (const folder of [layouts, join(layouts, 'none')]) {
      const fault = await faultOf(resolve(REACHABLE, { layouts: folder }));
      assert.is(fault.exitStatus, 2);
      assert.match(fault.message, `--bases ${folder} holds no base`);
    }
  }));

test('a layout of a person’s own that is broken ends the run, and does not become a stand-in', () =>
  withCache(async (layouts) => {
    await mkdir(join(layouts, 'azure'));
    assert.match(
      (await faultOf(resolve(REACHABLE, { layouts }))).message,
      `${layouts}/azure: has no oci-layout`,
    );
  }));

test('where there is nothing to fetch Debian’s packages with, a stand-in takes the place, with a word on why', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    const distros = await distrosOf(ROWS.replaceAll('bookworm', 'trixie'));
    const { kinds, said } = await resolve(UNREACHABLE, { distros });
    assert.is(kinds[0], 'trixie: stand-in');
    assert.match(
      said.join('\n'),
      /trixie: no base could be made from Debian’s packages; using a stand-in\n.*needs Debian/,
    );
  } finally {
    process.env['PATH'] = path;
  }
});

test('where real bases are required every base that is not is named', async () => {
  const { message, exitStatus } = await faultOf(resolve(UNREACHABLE, { requireReal: true }));
  assert.is(exitStatus, 2);
  assert.is(
    message,
    'bookworm: docker.io/library/debian:bookworm cannot be had, only a bootstrap\n' +
      'alma: docker.io/library/almalinux:9 cannot be had, only a stand-in\n' +
      'azure: mcr.example.com/azure:3 cannot be had, only a stand-in\n' +
      '  give its layout with --bases <folder>, or leave --require-real-bases out',
  );
});

test('a person’s own layouts are as real as a registry’s images', () =>
  withCache(async (layouts) => {
    for (const name of ['bookworm', 'alma', 'azure']) await writeBase(join(layouts, name), PLATFORMS);
    const { kinds, calls } = await resolve(UNREACHABLE, { layouts, requireReal: true });
    assert.equal(kinds, ['bookworm: layout', 'alma: layout', 'azure: layout']);
    assert.equal(calls, []);
  }));

const OFFLINE = UNREACHABLE.replace('dial tcp: lookup x: no such host', 'dial udp: network is unreachable');
const HELD = `case "$*" in *imagetools*) ${OFFLINE} ;; esac`;

test('where the network has gone a base is what its registry had, as long as the builder holds it', () =>
  withBookworm(async () => {
    const before = await resolveAgain(REACHABLE);
    const { bases, kinds, said, calls } = await resolveAgain(HELD);
    assert.equal(kinds, ['bookworm: registry', 'alma: registry', 'azure: registry']);
    assert.equal(bases, before.bases);
    assert.ok(
      said.some((line) =>
        /^alma: its base is sha256:b{64}, as docker.io\/library\/almalinux:9 was on 20/.test(line),
      ),
      said.join('\n'),
    );
    const built = calls.filter((call) => call.startsWith('buildx build '));
    assert.is(built.length, 3);
    assert.match(built[0] ?? '', '--platform=linux/amd64,linux/arm64');
  }));

test('a registry whose certificate is wrong is not done without', () =>
  withBookworm(async () => {
    await resolveAgain(REACHABLE);
    const untrusted = HELD.replace(
      'dial udp: network is unreachable',
      'tls: failed: x509: unknown authority',
    );
    assert.not.equal(untrusted, HELD);
    const { kinds } = await resolveAgain(untrusted);
    assert.is(kinds[1], 'alma: stand-in');
  }));

test('what the builder no longer holds, or no registry ever had, is no base from a registry', () =>
  withBookworm(async (cache) => {
    await resolveAgain(REACHABLE);
    const lost = await resolveAgain(
      `case "$*" in *imagetools*) ;; *) echo 'ERROR: not found' >&2; exit 1 ;; esac; ${OFFLINE}`,
    );
    assert.equal(lost.kinds.slice(1), ['alma: stand-in', 'azure: stand-in']);
    const others = await distrosOf(ROWS.replaceAll('almalinux:9', 'almalinux:8'));
    assert.is((await resolveAgain(HELD, { distros: others })).kinds[1], 'alma: stand-in');
    const more = await distrosOf(
      ROWS.replace('bootstrap: { suite: bookworm }', ''),
      '[linux/amd64, linux/riscv64]',
    );
    assert.is((await resolveAgain(HELD, { distros: more })).kinds[1], 'alma: stand-in');
    // Of another image, without a date, or no answer at all: none is taken.
    for (const spoil of [{ ref: 'docker.io/library/other:1' }, { at: 'yesterday' }, { held: [1] }]) {
      await resolveAgain(REACHABLE);
      for (const name of await readdir(join(cache, 'images'))) {
        const file = join(cache, 'images', name);
        const known = JSON.parse(await readFile(file, 'utf8')) as object;
        await writeFile(file, JSON.stringify({ ...known, ...spoil }));
      }
      assert.is((await resolveAgain(HELD)).kinds[1], 'alma: stand-in', JSON.stringify(spoil));
    }
    for (const name of await readdir(join(cache, 'images')))
      await writeFile(join(cache, 'images', name), '{"digest":"x"}');
    assert.is((await resolveAgain(HELD)).kinds[1], 'alma: stand-in');
  }));

test('a base that is served from a folder says which, and one from a registry does not', async () => {
  const [bookworm] = [...(await resolve(UNREACHABLE)).bases.values()];
  assert.ok(bookworm && 'base' in bookworm);
  assert.match(bookworm.base.layout ?? '', /\/layout$/);
  const [remote] = [...(await resolve(REACHABLE)).bases.values()];
  assert.ok(remote && 'base' in remote);
  assert.is(remote.base.layout, undefined);
});

test.run();
