import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRemoteRepository } from '../../../lib/registry/push/remoteRepository.ts';
import { Fault } from '../../../lib/fault/fault.ts';

for (const [text, host, repository] of [
  ['registry.example/markers', 'registry.example', 'markers'],
  ['registry.example:5000/team/sub/markers', 'registry.example:5000', 'team/sub/markers'],
  ['localhost/m', 'localhost', 'm'],
  ['[::1]:5000/m', '[::1]:5000', 'm'],
  ['docker.io/me/markers', 'docker.io', 'me/markers'],
] as const) {
  test(`${text} is a repository of ${host}`, () => {
    assert.equal(readRemoteRepository(text), { host, repository });
  });
}

for (const [text, why] of [
  ['https://registry.example/m', 'leave "https://" out'],
  ['docker://registry.example/m', 'leave "docker://" out'],
  ['registry.example', 'it names no repository'],
  ['registry.example/', 'it names no repository'],
  ['team/markers', '"team" is no registry host'],
  ['markers', '"markers" is no registry host'],
  ['', '"" is no registry host'],
  ['registry.example:99999/m', '"registry.example:99999" is no registry host'],
  ['registry.example/Team/m', '"Team/m" is not a repository name'],
  ['registry.example/a//b', '"a//b" is not a repository name'],
  ['registry.example/a/../b', '"a/../b" is not a repository name'],
  ['registry.example/m:latest', 'leave ":latest" out'],
  [`registry.example/m@sha256:${'a'.repeat(64)}`, 'leave the digest out'],
] as const) {
  test(`"${text}" is refused: ${why}`, () => {
    try {
      readRemoteRepository(text);
      assert.unreachable('it was taken');
    } catch (error) {
      assert.ok(error instanceof Fault);
      assert.is(error.exitStatus, 2);
      assert.ok(error.message.startsWith(`--marker-registry ${text} cannot be used: ${why}`), error.message);
      assert.match(error.message, 'write it as host/repository');
    }
  });
}

for (const text of ['user:hunter2@registry.example/m', 'https://user:hunter2@registry.example/m']) {
  test(`a password in it is refused and not repeated (${text.slice(0, 5)})`, () => {
    try {
      readRemoteRepository(text);
      assert.unreachable('it was taken');
    } catch (error) {
      assert.ok(error instanceof Fault);
      assert.not.match(error.message, 'hunter2');
    }
  });
}

test.run();
