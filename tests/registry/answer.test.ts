import { createHash } from 'node:crypto';
import { readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FIXTURES,
  INDEX_TYPE,
  LAYER_TYPE,
  MARKER,
  MARKER_AMD64,
  MARKER_CONFIG,
  MARKER_INDEX,
  MARKER_LAYER,
  blobPath,
  putBlob,
  putDocument,
  putIndex,
  tagged,
  withDirectory,
  withMarkerCopy,
} from './layouts.ts';
import { ask, errorCodes, withRegistry } from './requests.ts';

const REPOSITORIES = { 'marker/azlinux3': MARKER, probe: join(FIXTURES, 'probe') };

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

test('the API version check is answered', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    const { status, headers } = await ask(address, '/v2/');
    assert.is(status, 200);
    assert.is(headers['docker-distribution-api-version'], 'registry/2.0');
  });
});

test('a tag gives the index, with its media type, digest and length', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    const { status, headers, body } = await ask(address, '/v2/marker/azlinux3/manifests/latest');
    assert.is(status, 200);
    assert.is(headers['content-type'], INDEX_TYPE);
    assert.is(headers['docker-content-digest'], MARKER_INDEX);
    assert.is(headers['content-length'], '645');
    assert.is(sha256(body), MARKER_INDEX);
  });
});

test('a HEAD gives the headers of the GET and no body', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    const { status, headers, body } = await ask(address, '/v2/marker/azlinux3/manifests/latest', {
      method: 'HEAD',
    });
    assert.is(status, 200);
    assert.is(headers['docker-content-digest'], MARKER_INDEX);
    assert.is(headers['content-length'], '645');
    assert.is(body.length, 0);
  });
});

test('manifests, configs and layers come by digest, byte by byte', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    for (const [kind, digest] of [
      ['manifests', MARKER_INDEX],
      ['manifests', MARKER_AMD64],
      ['blobs', MARKER_CONFIG],
      ['blobs', MARKER_LAYER],
    ] as const) {
      const { status, body } = await ask(address, `/v2/marker/azlinux3/${kind}/${digest}`);
      assert.is(status, 200);
      assert.is(sha256(body), digest);
    }
  });
});

const unknown: [title: string, path: string, code: string][] = [
  ['another repository', '/v2/marker/other/manifests/latest', 'NAME_UNKNOWN'],
  ['another tag', '/v2/marker/azlinux3/manifests/newest', 'MANIFEST_UNKNOWN'],
  ['a layer asked for as a manifest', `/v2/marker/azlinux3/manifests/${MARKER_LAYER}`, 'MANIFEST_UNKNOWN'],
  ['the index of another repository', `/v2/probe/manifests/${MARKER_INDEX}`, 'MANIFEST_UNKNOWN'],
  ['the config of another repository', `/v2/probe/blobs/${MARKER_CONFIG}`, 'BLOB_UNKNOWN'],
];
for (const [title, path, code] of unknown) {
  test(`${title} is 404 ${code}`, async () => {
    await withRegistry(REPOSITORIES, async (address, problems) => {
      const answer = await ask(address, path);
      assert.is(answer.status, 404);
      assert.equal(errorCodes(answer), [code]);
      assert.is(answer.headers['content-type'], 'application/json');
      assert.equal(problems, []);
    });
  });
}

test('a blob that lies in the layout without being named by it is unknown', async () => {
  await withMarkerCopy(async (layout) => {
    const { digest } = await putBlob(layout, LAYER_TYPE, 'stray');
    await withRegistry({ m: layout }, async (address) => {
      assert.is((await ask(address, `/v2/m/blobs/${digest}`)).status, 404);
    });
  });
});

for (const path of ['/v2/../../../etc/passwd', '/v2/m/blobs/../../index.json', '/../index.json']) {
  test(`${path} gives nothing`, async () => {
    await withRegistry({ m: MARKER }, async (address) => {
      const { status } = await ask(address, path);
      assert.ok(status === 404 || status === 400);
    });
  });
}

for (const method of ['PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']) {
  test(`${method} is refused with the methods that are allowed`, async () => {
    await withRegistry(REPOSITORIES, async (address) => {
      const answer = await ask(address, '/v2/marker/azlinux3/manifests/latest', { method });
      assert.is(answer.status, 405);
      assert.is(answer.headers.allow, 'GET, HEAD');
      assert.equal(errorCodes(answer), ['UNSUPPORTED']);
    });
  });
}

test('a request with a body is refused and its connection ended', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    const answer = await ask(address, '/v2/', { headers: { 'content-length': '5' }, body: 'hello' });
    assert.is(answer.status, 400);
    assert.is(answer.headers.connection, 'close');
  });
});

for (const host of ['evil.example', '127.0.0.1', 'localhost:1', '127.0.0.1.evil.example:80']) {
  test(`the Host header "${host}" is refused`, async () => {
    await withRegistry(REPOSITORIES, async (address) => {
      const answer = await ask(address, '/v2/', { headers: { host } });
      assert.is(answer.status, 421);
      assert.equal(errorCodes(answer), ['DENIED']);
    });
  });
}

test('localhost with the right port is this registry', async () => {
  await withRegistry(REPOSITORIES, async (address) => {
    const host = `localhost:${address.split(':')[1] ?? ''}`;
    assert.is((await ask(address, '/v2/', { headers: { host } })).status, 200);
  });
});

const spoilt: [title: string, spoil: (path: string) => Promise<unknown>, problem: string][] = [
  ['of the wrong size', (path) => writeFile(path, 'short'), 'the blob has 5 bytes: expected 112'],
  ['that is missing', (path) => rm(path), 'expected the blob of this descriptor'],
  [
    'that is a symbolic link',
    (path) => rm(path).then(() => symlink(blobPath(MARKER, MARKER_LAYER), path)),
    'is a link',
  ],
  ['that is a fifo', (path) => rm(path).then(() => execa('mkfifo', [path])), 'fifo'],
];
for (const [title, spoil, problem] of spoilt) {
  test(`a blob ${title} is 500, and named`, async () => {
    await withMarkerCopy(async (layout) => {
      await withRegistry({ m: layout }, async (address, problems) => {
        const path = blobPath(layout, MARKER_LAYER);
        await spoil(path);
        const answer = await ask(address, `/v2/m/blobs/${MARKER_LAYER}`);
        assert.is(answer.status, 500);
        assert.is(problems.length, 1);
        assert.match(problems[0] ?? '', layout);
        assert.match(problems[0] ?? '', MARKER_LAYER);
        assert.match(problems[0] ?? '', problem);
        assert.not.match(answer.body.toString(), layout);
      });
    });
  });
}

test('a blob whose bytes were changed is named by its digest', async () => {
  await withMarkerCopy(async (layout) => {
    await withRegistry({ m: layout }, async (address, problems) => {
      await writeFile(blobPath(layout, MARKER_LAYER), 'x'.repeat(112));
      await ask(address, `/v2/m/blobs/${MARKER_LAYER}`).catch(() => undefined);
      assert.is(problems.length, 1);
      assert.match(problems[0] ?? '', MARKER_LAYER);
      assert.match(problems[0] ?? '', 'digest-mismatch');
    });
  });
});

test('an empty blob is served', async () => {
  await withDirectory(async (layout) => {
    const empty = await putBlob(layout, LAYER_TYPE, '');
    await putIndex(layout, [empty]);
    await withRegistry({ m: layout }, async (address) => {
      const { status, body } = await ask(address, `/v2/m/blobs/${empty.digest}`);
      assert.is(status, 200);
      assert.is(body.length, 0);
    });
  });
});

test('a layout that is built anew is served anew', async () => {
  await withMarkerCopy(async (layout) => {
    await withRegistry({ m: layout }, async (address) => {
      const index = await putDocument(layout, INDEX_TYPE, { manifests: [] });
      await putIndex(layout, [tagged(index, 'latest')]);
      const { headers } = await ask(address, '/v2/m/manifests/latest');
      assert.is(headers['docker-content-digest'], index.digest);
      assert.is((await ask(address, `/v2/m/blobs/${MARKER_LAYER}`)).status, 404);
    });
  });
});

test('a layout that is gone is 500, and named', async () => {
  await withMarkerCopy(async (layout) => {
    await withRegistry({ m: layout }, async (address, problems) => {
      await rm(join(layout, 'index.json'));
      assert.is((await ask(address, '/v2/m/manifests/latest')).status, 500);
      assert.match(problems.join(), layout);
      assert.match(problems.join(), 'index.json');
    });
  });
});

test('a client that hangs up leaves no open file and is no problem', async () => {
  await withDirectory(async (layout) => {
    const blob = await putBlob(layout, LAYER_TYPE, 'large');
    await truncate(blobPath(layout, blob.digest), 2 ** 30);
    await putIndex(layout, [{ ...blob, size: 2 ** 30 }]);
    await withRegistry({ m: layout }, async (address, problems) => {
      const [host, port] = address.split(':');
      const before = (await readdir('/proc/self/fd')).length;
      await new Promise((resolve) => {
        const socket = connect(Number(port), host ?? '', () => {
          socket.write(`GET /v2/m/blobs/${blob.digest} HTTP/1.1\r\nHost: ${address}\r\n\r\n`);
        });
        socket.once('data', () => socket.destroy()).once('close', resolve);
      });
      while ((await readdir('/proc/self/fd')).length > before) await setTimeout(5);
      assert.equal(problems, []);
    });
  });
});

test.run();
