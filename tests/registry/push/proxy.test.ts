import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { proxyFor } from '../../../lib/registry/push/proxy.ts';
import { connectRegistry } from '../../../lib/registry/push/registryClient.ts';
import { faultOf } from '../../base/distro.ts';

const NAMES = [
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'SSL_CERT_FILE',
];

/** Runs with these variables alone, of those that have a say in it. */
async function withEnvironment<T>(env: Record<string, string>, run: () => Promise<T> | T): Promise<T> {
  const before = NAMES.map((name) => [name, process.env[name]] as const);
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

const cases: [env: Record<string, string>, url: string, proxy: string | undefined][] = [
  [{}, 'https://r.example/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'https://r.example/v2/', 'http://p:3128/'],
  [{ https_proxy: 'http://u:w@p:3128' }, 'https://r.example/v2/', 'http://u:w@p:3128/'],
  [{ HTTPS_PROXY: 'p:3128' }, 'https://r.example/v2/', 'http://p:3128/'],
  [{ HTTPS_PROXY: 'https://p:3128' }, 'https://r.example/v2/', 'https://p:3128/'],
  [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: 'r.example' }, 'https://r.example/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128', no_proxy: '.example' }, 'https://r.example/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128', NO_PROXY: '*' }, 'https://r.example/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'https://127.0.0.1:5000/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'https://localhost:5000/v2/', undefined],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'http://127.0.0.1:5000/v2/', undefined],
];
for (const [env, url, proxy] of cases)
  test(`${url} with ${JSON.stringify(env)} goes ${proxy === undefined ? 'directly' : `through ${proxy}`}`, () =>
    withEnvironment(env, () => {
      assert.is(proxyFor(new URL(url))?.href, proxy);
    }));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Runs with a proxy that leads every CONNECT to a port of loopback, or answers it with a status. */
async function withProxy(
  answer: { port: number } | { status: string },
  use: (address: string, asked: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const asked: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer().on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(request);
    sockets.add(socket);
    if ('status' in answer) {
      socket.end(`HTTP/1.1 ${answer.status}\r\n\r\n`);
      return;
    }
    const through = connect(answer.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    sockets.add(through);
    for (const end of [socket, through]) end.on('error', () => undefined);
  });
  const port = await listen(server);
  try {
    await use(`127.0.0.1:${port}`, asked);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const remote = { host: 'r.example', repository: 'm' };
const connectOnce = () => connectRegistry(remote, () => Promise.resolve(undefined));

test('a registry is reached through a proxy that wants a password, and its certificate is checked all the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-marker-proxy-'));
  try {
    const [key, certificate] = [join(folder, 'key'), join(folder, 'crt')];
    const made = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=r.example',
    ];
    const named = ['-addext', 'subjectAltName=DNS:r.example', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', ...made, ...named], { stdio: 'ignore' });
    const registry = createTlsServer(
      { key: await readFile(key), cert: await readFile(certificate) },
      (_, response) => response.writeHead(200).end('{}'),
    );
    const port = await listen(registry);
    await withProxy({ port }, async (proxy, asked) => {
      const HTTPS_PROXY = `http://me:hunter2@${proxy}`;
      await withEnvironment({ HTTPS_PROXY, SSL_CERT_FILE: certificate }, async () => {
        const { base } = await connectOnce();
        assert.is(base.href, 'https://r.example/v2/m/');
      });
      assert.is(asked[0]?.url, 'r.example:443');
      const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`;
      assert.is(asked[0]?.headers['proxy-authorization'], basic);
      const untrusted = await withEnvironment({ HTTPS_PROXY }, () => faultOf(connectOnce()));
      assert.match(untrusted.message, /certificate of r\.example is signed by an authority/);
    });
    registry.closeAllConnections();
    registry.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a proxy that wants a password, or is not there, is named, and its own password is not', async () => {
  await withProxy({ status: '407 Proxy Authentication Required' }, async (proxy) => {
    const { message } = await withEnvironment({ HTTPS_PROXY: `http://me:hunter2@${proxy}` }, () =>
      faultOf(connectOnce()),
    );
    assert.match(message, /answered 407 .*\n {2}put the user and password of the proxy into HTTPS_PROXY/);
    assert.not.match(message, 'hunter2');
  });
  const { message } = await withEnvironment({ HTTPS_PROXY: 'http://me:hunter2@127.0.0.1:1' }, () =>
    faultOf(connectOnce()),
  );
  assert.match(message, 'r.example cannot be reached through the proxy 127.0.0.1:1: nothing listens there');
  assert.not.match(message, 'hunter2');
});

test.run();
