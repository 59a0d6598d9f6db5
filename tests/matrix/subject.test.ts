import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readMatrix } from '../../lib/matrix/readMatrix.ts';
import { resolveSubject } from '../../lib/matrix/subject.ts';
import type { Distro, Subject } from '../../lib/matrix/types.ts';

const matrix = await readMatrix('distros.yaml');

function distro(name: string): Distro {
  const found = matrix.distros.find((row) => row.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function subject(name: string): Subject {
  const found = matrix.subjects.find((row) => row.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

test('The built-in subject is the first, and installs with the manager of the distro', () => {
  assert.is(matrix.subjects[0]?.name, 'built-in');
  assert.equal(resolveSubject(subject('built-in'), distro('azlinux3'), 'real'), {
    name: 'built-in',
    source: { kind: 'dockerfile', dockerfile: 'stages/worker.Dockerfile' },
    target: 'worker',
    workerContext: 'worker',
    args: {
      BASE: 'mcr.microsoft.com/azurelinux/base/core:3.0',
      INSTALL: 'tdnf',
      PACKAGE: 'tree',
      RELEASE: '3.0',
    },
  });
});

test('Into a stand-in nothing is installed', () => {
  assert.is(resolveSubject(subject('built-in'), distro('azlinux3'), 'stand-in').args['INSTALL'], 'none');
});

test('An argument for a field that the distro lacks is empty', () => {
  assert.is(resolveSubject(subject('built-in'), distro('debian-trixie'), 'real').args['RELEASE'], '');
});

test("dalec's target and context carry its key, not the distro's name", () => {
  const { target, workerContext, source } = resolveSubject(subject('dalec'), distro('ubuntu-noble'), 'real');
  assert.is(target, 'noble/worker');
  assert.is(workerContext, 'dalec-noble-worker');
  assert.ok(source.kind === 'frontend' && source.buildFile.endsWith('targets:\n  noble: {}\n'));
});

test('A subject without a target gets none', () => {
  const { name, source, workerContext, args } = subject('built-in');
  const lastStage: Subject = { name, source, workerContext, args };
  assert.not('target' in resolveSubject(lastStage, distro('debian-trixie'), 'real'));
});

test('Resolving leaves the subject itself as it was', () => {
  const before = JSON.stringify(subject('dalec'));
  resolveSubject(subject('dalec'), distro('azlinux4'), 'real');
  assert.is(JSON.stringify(subject('dalec')), before);
});

test.run();
