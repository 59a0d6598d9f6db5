import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dockerCredentials } from '../../lib/engine/dockerCredentials.ts';
import { faultOf } from '../base/distro.ts';

const auth = (text: string) => Buffer.from(text).toString('base64');
const HOST = 'registry.example:5000';

/** Looks for credentials with that configuration of Docker's; `helper` is the script of docker-credential-test. */
async function find(config: unknown, host = HOST, helper?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-docker-config-'));
  const { DOCKER_CONFIG: before, PATH: path } = process.env;
  try {
    const text = typeof config === 'string' ? config : JSON.stringify(config);
    if (config !== undefined) await writeFile(join(folder, 'config.json'), text);
    if (helper !== undefined) {
      const program = join(folder, 'docker-credential-test');
      await writeFile(program, `#!/bin/sh\nread -r server\n${helper}\n`);
      await chmod(program, 0o755);
    }
    process.env['DOCKER_CONFIG'] = folder;
    process.env['PATH'] = `${folder}:${path ?? ''}`;
    return await dockerCredentials(host);
  } finally {
    if (before === undefined) delete process.env['DOCKER_CONFIG'];
    else process.env['DOCKER_CONFIG'] = before;
    process.env['PATH'] = path;
    await rm(folder, { recursive: true, force: true });
  }
}

test('there are none without a configuration, or in one of other registries', async () => {
  assert.is(await find(undefined), undefined);
  assert.is(await find({ auths: { 'other.example': { auth: auth('me:pw') } } }), undefined);
  assert.is(await find({ auths: { [HOST]: {} } }), undefined);
});

for (const key of [HOST, `https://${HOST}`, `https://${HOST}/v1/`]) {
  test(`what is under ${key} is of ${HOST}, and a password may hold a colon`, async () => {
    assert.equal(await find({ auths: { [key]: { auth: auth('me:p:w') } } }), {
      username: 'me',
      password: 'p:w',
    });
  });
}

test('Docker Hub goes by its old name', async () => {
  const auths = { 'https://index.docker.io/v1/': { auth: auth('me:pw') } };
  assert.equal(await find({ auths }, 'docker.io'), { username: 'me', password: 'pw' });
});

test('an identity token stands for user and password', async () => {
  const auths = { [HOST]: { auth: auth('me:'), identitytoken: 'identity' } };
  assert.equal(await find({ auths }), { identityToken: 'identity' });
});

const ANSWER = `printf '{"ServerURL":"%s","Username":"%s","Secret":"pw"}' "$server" "$server"`;

test('a credential helper is asked for the registry it is named for, or for all', async () => {
  const expected = { username: HOST, password: 'pw' };
  assert.equal(await find({ credHelpers: { [HOST]: 'test' } }, HOST, ANSWER), expected);
  assert.equal(await find({ credsStore: 'test' }, HOST, ANSWER), expected);
});

test('a helper that has none leaves it to the file', async () => {
  const config = { credsStore: 'test', auths: { [HOST]: { auth: auth('me:pw') } } };
  const none = 'echo "credentials not found in native keychain"; exit 1';
  assert.equal(await find(config, HOST, none), { username: 'me', password: 'pw' });
});

test('a helper’s token is told by its user', async () => {
  const answer = `echo '{"ServerURL":"s","Username":"<token>","Secret":"identity"}'`;
  assert.equal(await find({ credsStore: 'test' }, HOST, answer), { identityToken: 'identity' });
});

for (const [what, config, helper] of [
  ['a helper that fails', { credsStore: 'test' }, 'echo hunter2; exit 1'],
  ['a helper that prints something else', { credsStore: 'test' }, 'echo hunter2'],
  ['a helper that is not there', { credsStore: 'absent-hunter' }, undefined],
  ['a configuration that is no JSON', '{"auths": {"hunter2"', undefined],
  ['a configuration of another shape', { auths: { [HOST]: { auth: ['hunter2'] } } }, undefined],
  ['what is no user and password', { auths: { [HOST]: { auth: auth('hunter2') } } }, undefined],
] as const) {
  test(`${what} is a fault that repeats nothing of it`, async () => {
    const fault = await faultOf(find(config, HOST, helper));
    assert.is(fault.exitStatus, 2);
    assert.not.match(fault.message, 'hunter2');
    assert.ok(fault.complaints.every(({ next }) => next !== undefined));
  });
}

test.run();
