import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../../lib/engine/command.ts';
import { toolPrefix, type ToolPrefix } from '../../../lib/engine/toolPrefix.ts';
import { buildGo } from '../../oracle/go.ts';
import { BUILDKITD } from '../buildkit/programs.ts';
import { dockerCli } from './dockerCli.ts';
import { dockerRegistry } from './dockerRegistry.ts';

const UP_WITHIN_MS = 60_000;
/** What the nodes build: the first is this machine, the second stands for one of the other architecture. */
export const NODES = {
  native: `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`,
  foreign: `linux/${process.arch === 'arm64' ? 'amd64' : 'arm64'}`,
};

/** Two BuildKit daemons as one builder of two nodes, and a registry with TLS and a password that they pull from. */
export interface Site {
  folder: string;
  /** Of the person who uses it: the CLI on the path, a configuration of Docker's, the builder's name, TMPDIR. */
  env: Readonly<Record<string, string>> & { TMPDIR: string };
  /** MARKER_REGISTRY; `localhost` in the place of its host is trusted by this machine and not by the nodes. */
  registry: string;
  password: string;
}

/**
 * Runs `use` with such a site. The daemons and the registry are in namespaces of the test's own, whose loopback is not
 * the machine's: three ports of it are published on the machine's loopback, and nothing else is shared.
 */
export async function withSite(use: (site: Site) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pm-nodes-'));
  try {
    const [prefix, registry, buildkitd] = await Promise.all([
      toolPrefix(() => undefined),
      dockerRegistry(),
      buildGo(BUILDKITD),
    ]);
    const ports = await freePorts();
    const site = await writeSite(folder, prefix, ports);
    const child = startServices(folder, prefix, Object.values(ports), [registry, buildkitd]);
    try {
      await waitUntilUp(folder, child);
      await createBuilder(site, ports);
      await use(site);
    } finally {
      await end(child);
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Ports {
  native: number;
  foreign: number;
  registry: number;
}

async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) server.close();
  const [native = 0, foreign = 0, registry = 0] = ports;
  return { native, foreign, registry };
}

async function writeSite(folder: string, prefix: ToolPrefix, ports: Ports): Promise<Site> {
  await runCommand('sh', [fileURLToPath(new URL('certificates.sh', import.meta.url)), folder]);
  const host = `127.0.0.1:${ports.registry}`;
  const password = `pw-${process.pid}-${Date.now()}`;
  await writeFile(join(folder, 'subids'), 'root:100000:65536\n');
  // bcrypt, which is all that this registry reads, by libxcrypt.
  const hash = await runCommand('perl', [
    '-e',
    'print crypt($ARGV[0], q($2y$05$abcdefghijklmnopqrstuu))',
    password,
  ]);
  await writeFile(join(folder, 'htpasswd'), `tester:${hash.stdout}\n`);
  const registry = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
    http: { addr: host, tls: { certificate: join(folder, 'server.crt'), key: join(folder, 'server.key') } },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
  };
  // JSON is YAML too.
  await writeFile(join(folder, 'registry.yml'), JSON.stringify(registry));
  for (const [name, platform] of Object.entries(NODES)) {
    const port = ports[name as keyof Ports];
    await writeFile(join(folder, `${name}.toml`), daemonConfig(folder, name, { platform, port, host }));
  }
  const auth = Buffer.from(`tester:${password}`).toString('base64');
  const auths = { [host]: { auth }, [host.replace('127.0.0.1', 'localhost')]: { auth } };
  const env = {
    ...(await dockerCli(prefix, join(folder, 'docker'), { auths })),
    SSL_CERT_FILE: join(folder, 'ca.crt'),
    BUILDX_BUILDER: 'two',
    TMPDIR: join(folder, 'tmp'),
  };
  await mkdir(env.TMPDIR);
  return { folder, env, password, registry: `${host}/team/markers` };
}

function daemonConfig(
  folder: string,
  name: string,
  { platform, port, host }: { platform: string; port: number; host: string },
): string {
  const path = (file: string) => JSON.stringify(join(folder, file));
  return `root = ${path(name)}
[grpc]
address = ["tcp://127.0.0.1:${port}"]
[grpc.tls]
cert = ${path('server.crt')}
key = ${path('server.key')}
ca = ${path('ca.crt')}
[otel]
# By default all daemons of one /run have the same one: of two that start at once, one may fail.
socketPath = ${path(`${name}-otel.sock`)}
[worker.oci]
platforms = ["${platform}"]
rootless = true
networkMode = "host"
[worker.containerd]
enabled = false
[registry."${host}"]
# BuildKit speaks plain HTTP to loopback unless it is told not to.
http = false
ca = [${path('ca.crt')}]
`;
}

function startServices(
  folder: string,
  prefix: ToolPrefix,
  ports: readonly number[],
  programs: readonly string[],
): ChildProcess {
  const script = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const command = [
    ...['--mount', 'sh', script('../../../lib/engine/subids.sh'), join(folder, 'subids')],
    ...['setpriv', '--pdeathsig', 'TERM'],
    ...['rootlesskit', `--state-dir=${join(folder, 'rootlesskit')}`, '--net=slirp4netns', '--mtu=65520'],
    ...['--disable-host-loopback', '--port-driver=builtin', '--copy-up=/etc', '--copy-up=/run', '--pidns'],
    ...ports.map((port) => `--publish=127.0.0.1:${port}:${port}/tcp`),
    ...['sh', script('services.sh'), folder, ...programs],
  ];
  return spawn('unshare', command, {
    env: { ...process.env, ...prefix.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    stdio: 'ignore',
  });
}

async function waitUntilUp(folder: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + UP_WITHIN_MS;
  const logs = {
    'registry.log': 'listening on',
    'native.log': 'running server on',
    'foreign.log': 'running server on',
  };
  for (const [name, says] of Object.entries(logs)) {
    const read = () => readFile(join(folder, name), 'utf8').catch(() => '');
    while (!(await read()).includes(says)) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`${name} does not say "${says}":\n${await read()}`);
      await sleep(50);
    }
  }
}

async function createBuilder({ folder, env }: Site, ports: Ports): Promise<void> {
  const file = (name: string) => join(folder, name);
  const tls = `cacert=${file('ca.crt')},cert=${file('client.crt')},key=${file('client.key')}`;
  for (const [name, more] of [
    ['native', []],
    ['foreign', ['--append']],
  ] as const) {
    const node = [`--node=${name}`, `--driver-opt=${tls}`, `tcp://127.0.0.1:${ports[name]}`];
    const args = ['buildx', 'create', '--name=two', '--driver=remote', ...more, ...node];
    await runCommand('docker', args, { env: { ...env, BUILDX_BUILDER: '' } });
  }
}

/** Its namespaces end with rootlesskit, and all that is in them. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const isDown = await Promise.race([ended.then(() => true), sleep(10_000, false, { ref: false })]);
  if (!isDown) {
    child.kill('SIGKILL');
    await ended;
  }
}
