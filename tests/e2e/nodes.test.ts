import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../lib/doctor/examine.ts';
import { good } from '../../lib/doctor/finding.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { findGivenBuilder } from '../../lib/engine/givenBuilder.ts';
import { buildGo, testWithGo } from '../oracle/go.ts';
import { toolPrefix } from '../../lib/engine/toolPrefix.ts';
import { DOCKERFILE_FRONTEND } from './buildkit/programs.ts';
import { dockerCli } from './nodes/dockerCli.ts';
import { leftIn } from './ownCache.ts';
import { NODES, withSite, type Site } from './nodes/site.ts';
import { writeProject } from './project.ts';
import { withEnv } from '../withEnv.ts';
import { CLONE, cellsOf, readReport, runVerb, withFolder } from './verbs.ts';

const DISTRO = 'marked';
/** Nothing runs in it: the node of the other architecture only stands for one. */
const WORKER = 'ARG BASE=scratch\nFROM ${BASE} AS worker\n';

await testWithGo(
  'A builder of two nodes, over mutual TLS, with a registry between: verified, and what is wrong is named',
  () =>
    withSite(async (site) => {
      const project = join(site.folder, 'project');
      await writeProject(project, [DISTRO], WORKER);
      await verifyAll(site, project);
      await verifyFrontend(site, project);
      await refuseBadInput(site, project);
      await nameWaysOut(site);
      await reproduce(site, project);
      await diagnose(site, project);
      // Copies of the builder's configuration, which can hold credentials.
      assert.equal(await leftIn(site.env.TMPDIR), []);
    }),
);

async function verifyAll({ env, registry, password, folder }: Site, project: string): Promise<void> {
  // A hand edit: another order of keys, a key that BuildKit drops, and a rule of the person's own.
  const file = join(project, `policies/${DISTRO}.json`);
  const { rules } = JSON.parse(await readFile(file, 'utf8')) as { rules: object[] };
  const deny = { selector: { identifier: 'docker-image://docker.io/library/forbidden:1' }, action: 'DENY' };
  await writeFile(file, JSON.stringify({ comment: 'mine', rules: [deny, ...rules] }));
  const out = join(folder, 'out');
  const ended = await runVerb('verify', { ...env, MARKER_REGISTRY: registry, OUT: out }, project);
  assert.is(ended.status, 0, ended.stdout + ended.stderr);

  const report = await readReport(out);
  assert.equal(cellsOf(report).filter((cell) => cell.endsWith(' pass')).length, 6);
  assert.is(report.totals.controlsCaught, report.totals.controls);
  assert.equal(
    report.builder.nodes?.map(({ name }) => name),
    ['native', 'foreign'],
  );
  const canaries = report.canaries.map(
    ({ node, platform, op, outcome }) => `${node ?? ''} ${platform} ${op} ${outcome}`,
  );
  const { native, foreign } = NODES;
  assert.equal(
    canaries,
    ['native', 'foreign'].flatMap((node) => [
      `${node} ${native} ${native} ran`,
      `${node} ${foreign} ${native} refused`,
      `${node} ${foreign} ${foreign} refused`,
    ]),
  );
  // The node that stands for the other platform is the only one that says it is of it.
  const record = JSON.parse(await readFile(join(out, 'run/run.json'), 'utf8')) as {
    builder: { buildPlatforms: unknown };
  };
  assert.equal(record.builder.buildPlatforms, { 'linux/amd64': 'linux/amd64', 'linux/arm64': 'linux/arm64' });
  const copy = await readFile(join(out, `run/policies/${DISTRO}.json`), 'utf8');
  assert.match(copy, new RegExp(`"comment":"mine".*docker-image://${registry}@sha256:[0-9a-f]{64}`));
  assert.not.match(copy, '127.0.0.1:5480');

  const secrets = [password, Buffer.from(`tester:${password}`).toString('base64')];
  const written = [ended.stdout, ended.stderr, ...(await textsBelow(out))];
  assert.ok(
    !written.some((text) => secrets.some((secret) => text.includes(secret))),
    'the password is in no output',
  );
}

async function verifyFrontend({ env, registry, folder }: Site, project: string): Promise<void> {
  const out = join(folder, 'out-frontend');
  const cell = {
    WORKER_PATH: 'source-policy',
    PLATFORM: NODES.native,
    FRONTEND: await buildGo(DOCKERFILE_FRONTEND),
  };
  const ended = await runVerb('verify', { ...env, ...cell, MARKER_REGISTRY: registry, OUT: out }, project);
  assert.is(ended.status, 0, ended.stdout + ended.stderr);
  assert.equal(cellsOf(await readReport(out)), [`${DISTRO} source-policy ${NODES.native} pass`]);
}

async function refuseBadInput({ env, registry, folder }: Site, project: string): Promise<void> {
  const verify = (variables: Record<string, string>) =>
    runVerb(
      'verify',
      { ...env, MARKER_REGISTRY: registry, OUT: join(folder, 'out-bad'), ...variables },
      project,
    );
  const nobody = join(folder, 'nobody');
  await runCommand('cp', ['-r', env['DOCKER_CONFIG'] ?? '', nobody]);
  await writeFile(join(nobody, 'config.json'), '{}');
  const unauthorised = await verify({ DOCKER_CONFIG: nobody });
  assert.is(unauthorised.status, 2, unauthorised.stderr);
  assert.match(
    unauthorised.stderr,
    /answered 401 \(UNAUTHORIZED\).*Docker has no credentials for it\n +docker login 127/,
  );

  const untrusting = await verify({ SSL_CERT_FILE: join(nobody, 'config.json') });
  assert.is(untrusting.status, 2, untrusting.stderr);
  assert.match(untrusting.stderr, /signed by an authority that this machine does not know\n +put .*certs\.d/);

  // Trusted here, and by the nodes under its other name alone.
  const elsewhere = await verify({ MARKER_REGISTRY: registry.replace('127.0.0.1', 'localhost') });
  assert.is(elsewhere.status, 3, elsewhere.stderr);
  assert.match(
    elsewhere.stderr,
    /node "native" of builder "two" \(remote\) cannot pull from MARKER_REGISTRY=localhost/,
  );
  assert.match(elsewhere.stderr, /buildkitd\.toml/);

  const scheme = await verify({ MARKER_REGISTRY: `https://${registry}` });
  assert.is(scheme.status, 2, scheme.stderr);
  assert.match(scheme.stderr, /leave "https:\/\/" out/);
}

async function nameWaysOut({ env, folder }: Site): Promise<void> {
  const found = await withEnv(env, () => findGivenBuilder());
  assert.ok('unfit' in found);
  assert.match(
    found.unfit,
    /^node "native" of builder "two" \(remote\) cannot pull from this machine’s loopback/,
  );
  assert.match(found.next ?? '', /--marker-registry host\/repository/);
  assert.equal(await readdir(join(folder, 'docker/buildx/instances')), ['two'], 'the builder is as it was');
}

async function reproduce({ env, registry, folder }: Site, project: string): Promise<void> {
  const out = join(folder, 'out-again');
  const ended = await runVerb('reproduce', { ...env, MARKER_REGISTRY: registry, OUT: out }, project);
  assert.is(ended.status, 0, ended.stdout + ended.stderr);
  assert.match(ended.stdout, /two \(remote\)/);
  assert.match(
    ended.stdout,
    /reproduced: 1 of 1 marker images have the same digest in 3 builds, by 2 builders/,
  );
}

async function diagnose({ env, registry, folder }: Site, project: string): Promise<void> {
  const doctor = async (more: Record<string, string> = {}) => {
    const ended = await runVerb('doctor', { ...env, MARKER_REGISTRY: registry, JSON: '1', ...more }, project);
    const { findings, builder } = JSON.parse(ended.stdout) as Diagnosis;
    const found = findings.find(({ topic }) => topic === 'marker registry');
    return { status: ended.status, builder, found };
  };
  const fit = await doctor();
  assert.is(fit.status, 0);
  assert.is(fit.builder, 'two (remote)');
  assert.equal(fit.found, good('marker registry', `${registry} takes images, and the builder pulls them`));

  const unauthorised = await doctor({ DOCKER_CONFIG: join(folder, 'nobody') });
  assert.is(unauthorised.status, 3);
  assert.is(unauthorised.found?.standing, 'missing');
  assert.match(unauthorised.found?.text ?? '', /answered 401 \(UNAUTHORIZED\)/);
  assert.match(unauthorised.found?.fix ?? '', 'docker login');

  const unused = await doctor({ BUILDER: 'own' });
  assert.is(unused.status, 0);
  assert.match(unused.found?.text ?? '', /^would be left aside/);
}

test('The kubernetes driver is configured, taken apart and refused by its own reason where there is no cluster', () =>
  withFolder(async (folder) => {
    const kubeconfig = join(folder, 'kubeconfig');
    const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'c', context: { cluster: 'c', user: 'u', namespace: 'builds' } };
    const users = [{ name: 'u', user: { token: 't' } }];
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [cluster],
        contexts: [context],
        users,
        'current-context': 'c',
      }),
    );
    const cli = await dockerCli(await toolPrefix(() => undefined), join(folder, 'docker'));
    const env = { ...cli, KUBECONFIG: kubeconfig, BUILDX_BUILDER: 'pods' };
    for (const [name, more] of [
      ['amd64', []],
      ['arm64', ['--append']],
    ] as const) {
      const node = [`--node=${name}`, `--platform=linux/${name}`];
      const options = `--driver-opt=namespace=builds,"nodeselector=kubernetes.io/arch=${name}"`;
      const args = ['buildx', 'create', '--name=pods', '--driver=kubernetes', ...more, ...node, options];
      await runCommand('docker', args, { env: { ...env, BUILDX_BUILDER: '' } });
    }
    const { stdout } = await runCommand('docker', ['buildx', 'bake', '--print', 'marker-azlinux3'], {
      env,
      cwd: CLONE,
    });
    const { target } = JSON.parse(stdout) as { target: Record<string, { platforms: string[] }> };
    assert.equal(target['marker-azlinux3']?.platforms, ['linux/amd64', 'linux/arm64']);
    const found = await withEnv(env, () => findGivenBuilder());
    assert.ok('unfit' in found);
    assert.match(
      found.unfit,
      /^node "amd64" of builder "pods" \(kubernetes\) .*deployments\/amd64": dial tcp 127\.0\.0\.1:1/,
    );
  }));

/** What is in every file below a folder, blobs of layouts too. */
async function textsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')));
}

test.run();
