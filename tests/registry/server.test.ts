import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { serveLayouts, type RegistryLimits } from '../../lib/registry/server.ts';
import { LAYER_TYPE, MARKER, putBlob, putIndex, withDirectory } from './layouts.ts';
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

/** A connection on which these bytes are sent, and when it was ended by the other side. */
function open(address: string, bytes: string): { socket: Socket; ended: Promise<void> } {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host ?? '', () => socket.write(bytes));
  socket.on('error', () => undefined).resume();
  return {
    socket,
    ended: new Promise((resolve) =>
      socket.on('close', () => {
        resolve();
      }),
    ),
  };
}

async function withLimits(
  limits: Partial<RegistryLimits>,
  repositories: Record<string, string>,
  use: (address: string) => Promise<void>,
): Promise<void> {
  const registry = await serveLayouts({ ...options, repositories, limits });
  try {
    await use(registry.address);
  } finally {
    await registry.close();
  }
}

const slow: [title: string, bytes: string][] = [
  ['says nothing', ''],
  ['sends half a request line', 'GET /v2/'],
  ['sends a header after another', 'GET /v2/ HTTP/1.1\r\n'],
];
for (const [title, bytes] of slow) {
  test(`a client that ${title} is dropped when its time is over, and others are answered meanwhile`, () =>
    withLimits({ requestMilliseconds: 200 }, { m: MARKER }, async (address) => {
      const { socket, ended } = open(address, bytes);
      const drip = setInterval(() => bytes.endsWith('\n') && socket.write('X: y\r\n'), 20);
      assert.is((await ask(address, '/v2/')).status, 200);
      await ended;
      clearInterval(drip);
      assert.is((await ask(address, '/v2/')).status, 200);
    }));
}

test('a client that asks for much and reads none of it is dropped', () =>
  withDirectory(async (layout) => {
    const size = 64 * 1024 * 1024;
    const blob = await putBlob(layout, LAYER_TYPE, Buffer.alloc(size));
    await putIndex(layout, [blob]);
    await withLimits({ idleMilliseconds: 200 }, { m: layout }, async (address) => {
      const { socket, ended } = open(
        address,
        `GET /v2/m/blobs/${blob.digest} HTTP/1.1\r\nHost: ${address}\r\n\r\n`,
      );
      socket.pause();
      await setTimeout(600);
      socket.resume();
      await ended;
      assert.ok(socket.bytesRead < size);
    });
  }));

test('more connections than there may be are dropped, and there is room again when some have ended', () =>
  withLimits({ connections: 20 }, { m: MARKER }, async (address) => {
    const sockets = Array.from({ length: 20 }, () => open(address, '').socket);
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await open(address, 'GET /v2/ HTTP/1.1\r\n').ended;
    sockets.forEach((socket) => socket.destroy());
    for (let tries = 0; tries < 100; tries += 1) {
      const status = await ask(address, '/v2/').then(
        (answer) => answer.status,
        () => undefined,
      );
      if (status === 200) return;
      await setTimeout(10);
    }
    assert.unreachable('there was no room again');
  }));

test('it listens on loopback alone', () =>
  withLimits({}, { m: MARKER }, async (address) => {
    const port = Number(address.split(':')[1]).toString(16).toUpperCase().padStart(4, '0');
    const tables = await Promise.all(
      ['tcp', 'tcp6'].map((name) => readFile(`/proc/self/net/${name}`, 'utf8')),
    );
    // The third field is the state, 0A of a socket that listens (proc_net_tcp.txt of the kernel).
    const listening = tables
      .join('')
      .split('\n')
      .flatMap((line) => /:\s(\w+:\w+) \w+:\w+ 0A /.exec(line)?.[1] ?? []);
    assert.equal(
      listening.filter((local) => local.endsWith(`:${port}`)),
      [`0100007F:${port}`],
    );
  }));

test('closing ends connections that are kept alive', async () => {
  const registry = await serveLayouts(options);
  await fetch(`http://${registry.address}/v2/`);
  const start = performance.now();
  await registry.close();
  // Node keeps an idle connection for five.
  assert.ok(performance.now() - start < 4_000);
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
