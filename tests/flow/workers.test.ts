import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeWorker, writeBuildFiles } from '../../lib/flow/workers.ts';
import type { WorkerRequest } from '../../lib/flow/workers.ts';
import type { Distro, Subject } from '../../lib/matrix/types.ts';
import { matrixOf, matrixText } from '../matrix/matrixText.ts';

const { distros } = await matrixOf(matrixText({ platforms: '[linux/amd64, linux/arm64]' }));
const distro = distros[0] as Distro;

const dockerfile: Subject = {
  name: 'own',
  source: { kind: 'dockerfile', dockerfile: 'images/Dockerfile' },
  target: '{key}-worker',
  workerContext: 'worker-{key}',
  args: { BASE: '{base}', INSTALL: '{install}' },
};
const frontend: Subject = {
  ...dockerfile,
  source: { kind: 'frontend', frontend: 'docker.io/acme/frontend:1', buildFile: 'key: {key}\n' },
};

function worker(changes: Partial<WorkerRequest> = {}) {
  return makeWorker({
    subject: dockerfile,
    distro,
    path: 'worker-context',
    marker: 'oci-layout://marker@sha256:0',
    installable: true,
    project: '/project',
    buildFiles: '/out/run/subject',
    out: '/out/probe',
    ...changes,
  });
}

test('by worker-context the marker image is the context that the subject takes', () => {
  const { name, target, contexts, out } = worker();
  assert.equal([name, target], ['worker-context-debian', 'debian-worker']);
  assert.equal(contexts, { 'worker-debian': 'oci-layout://marker@sha256:0' });
  assert.is(out, '/out/probe/worker-context/debian');
});

test('by base-context it goes by the name of the base, short and in full', () => {
  assert.equal(worker({ path: 'base-context' }).contexts, {
    'debian:bookworm': 'oci-layout://marker@sha256:0',
    'docker.io/library/debian:bookworm': 'oci-layout://marker@sha256:0',
  });
});

test('by source-policy nothing in the target speaks of it', () => {
  assert.equal(worker({ path: 'source-policy' }).contexts, {});
  assert.not.match(JSON.stringify(worker({ path: 'source-policy' })), 'marker@sha256');
});

test('a Dockerfile is built in its own folder, relative to the project', () => {
  const { context, dockerfile: file, args } = worker();
  assert.equal([context, file], ['/project/images', 'Dockerfile']);
  assert.equal(args, { BASE: 'docker.io/library/debian:bookworm', INSTALL: 'apt' });
});

test('a Dockerfile with an absolute path stays where it is', () => {
  const source = { kind: 'dockerfile', dockerfile: '/elsewhere/worker.Dockerfile' } as const;
  const { context, dockerfile: file } = worker({ subject: { ...dockerfile, source } });
  assert.equal([context, file], ['/elsewhere', 'worker.Dockerfile']);
});

test('a frontend is BuildKit’s syntax for the build file that was written for the distro', async () => {
  const { context, dockerfile: file, args } = worker({ subject: frontend });
  assert.equal([context, file], ['/out/run/subject/debian', 'Dockerfile']);
  assert.is(args['BUILDKIT_SYNTAX'], 'docker.io/acme/frontend:1');

  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-workers-'));
  try {
    await writeBuildFiles(frontend, new Map([[distro, true]]), folder);
    assert.is(await readFile(join(folder, 'debian/Dockerfile'), 'utf8'), 'key: debian\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the installed program is looked for where something was installed, by a pattern that may match nothing', () => {
  assert.equal(worker({ path: 'base-context' }).probe, { PROGRAM: '/us[r]/bi[n]/hell[o]' });
  assert.equal(worker({ path: 'source-policy' }).probe, { PROGRAM: '/us[r]/bi[n]/hell[o]' });
  assert.equal(worker({ path: 'worker-context' }).probe, {}, 'the context is returned as it is');
  assert.equal(worker({ path: 'base-context', installable: false }).probe, {}, 'a stand-in');
  const subject = { ...dockerfile, args: { BASE: '{base}' } };
  assert.equal(worker({ path: 'base-context', subject }).probe, {}, 'it does not say that it installs');
});

test('a stand-in has nothing installed into it', () => {
  assert.is(worker({ installable: false }).args['INSTALL'], 'none');
});

test.run();
