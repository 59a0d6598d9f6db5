import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { serveLayouts } from '../../lib/registry/server.ts';
import { MARKER } from './layouts.ts';
import { ask, sendRaw, withRegistry } from './requests.ts';

const options = {
  repositories: { m: MARKER },
  host: '127.0.0.1',
  port: 0,
  onProblem: () => undefined,
} as const;

test('a port in use is a fault that names it and says how to find who has it', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    const port = Number(address.split(':')[1]);
    const fault = await serveLayouts({ ...options, port }).catch((error: unknown) => error);
    assert.instance(fault, Fault);
    assert.is((fault as Fault).exitStatus, 2);
    assert.match((fault as Fault).message, `127.0.0.1 port ${port}: the port is in use`);
    assert.match((fault as Fault).message, `sport = :${port}`);
  });
});

test('a wrong repository name is a fault that quotes it', async () => {
  const fault = await serveLayouts({ ...options, repositories: { 'Marker/..': MARKER } }).catch(
    (error: unknown) => error,
  );
  assert.match((fault as Fault).message, '"Marker/.." is not a repository name');
});

test('a directory without a layout is a fault that names it', async () => {
  const fault = await serveLayouts({ ...options, repositories: { m: '/nonexistent' } }).catch(
    (error: unknown) => error,
  );
  assert.match((fault as Fault).message, '/nonexistent: does not exist');
});

test('a TLS handshake is answered in plain HTTP, which makes containerd fall back to it', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    const clientHello = Buffer.from('16030100c8010000c403030000000000', 'hex');
    assert.match(await sendRaw(address, clientHello), /^HTTP\/1\.1 400 /);
  });
});

test('headers above 16 KiB are refused', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    const text = await sendRaw(
      address,
      `GET /v2/ HTTP/1.1\r\nHost: ${address}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    assert.match(text, /^HTTP\/1\.1 431 /);
  });
});

test('two Host headers are refused', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    const text = await sendRaw(address, `GET /v2/ HTTP/1.1\r\nHost: ${address}\r\nHost: evil\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 4\d\d /);
  });
});

test('an empty Host header is refused', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    assert.match(await sendRaw(address, 'GET /v2/ HTTP/1.1\r\nHost:\r\n\r\n'), /^HTTP\/1\.1 421 /);
  });
});

test('an absolute URL in the request line is refused', async () => {
  await withRegistry({ m: MARKER }, async (address) => {
    const { status } = await ask(address, `http://${address}/v2/`);
    assert.is(status, 404);
  });
});

test('closing ends connections that are kept alive', async () => {
  const registry = await serveLayouts(options);
  await fetch(`http://${registry.address}/v2/`);
  const start = performance.now();
  await registry.close();
  assert.ok(performance.now() - start < 1_000);
  const refused = await fetch(`http://${registry.address}/v2/`).catch(() => 'refused');
  assert.is(refused, 'refused');
});

test('it listens on IPv6 loopback', async () => {
  const registry = await serveLayouts({ ...options, host: '::1' });
  try {
    assert.match(registry.address, /^\[::1\]:\d+$/);
    assert.is((await fetch(`http://${registry.address}/v2/`)).status, 200);
  } finally {
    await registry.close();
  }
});

test.run();
