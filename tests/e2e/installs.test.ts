import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { runBake } from '../../lib/bake/runBake.ts';
import { makeStandIn } from '../../lib/base/standIn.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { readDebianMachine } from '../../lib/engine/debianMirror.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { Fault } from '../../lib/fault/fault.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { listImages } from '../../lib/oci/images.ts';
import { PATHS } from '../../lib/proof/verdict.ts';
import type { Report } from '../../lib/report/schema.ts';
import { FAULTS, type InstallFault } from './installs/faults.ts';
import { rpmBase } from './installs/rpmBase.ts';
import { baseOf } from './project.ts';
import { CLONE, cellsOf, readReport, runMake, runVerb, type Ended } from './verbs.ts';

const DISTRO = 'almalinux9';
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const ARCHITECTURES: Readonly<Record<string, string>> = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' };
const INSTALLING: readonly string[] = PATHS.filter((path) => path !== 'worker-context');
const KINDS = ['filetriggerin', 'post', 'posttrans', 'pre', 'pretrans', 'transfiletriggerin', 'triggerin'];
const SCRIPTLETS = ['lua', 'shell'].flatMap((by) => KINDS.map((kind) => `ran-${by}-${kind}`));
const DATABASE = ['', '-shm', '-wal'];
/** What an install adds to a root: the packages’ files, without documentation, and what rpm and dnf keep of it. */
const ADDED = [
  'platform-marker.installed',
  'usr/bin/tree',
  'usr/lib/libtree/data',
  ...DATABASE.map((part) => `var/lib/dnf/history.sqlite${part}`),
  ...DATABASE.map((part) => `var/lib/rpm/rpmdb.sqlite${part}`),
];
const EMPTY = { ID: 'empty', VERSION_ID: '1', PRETTY_NAME: 'Nothing but a name' };
const INSPECT = fileURLToPath(new URL('installs/inspect.Dockerfile', import.meta.url));

let folder = '';
let layout = '';
let builder: Builder;
/** The verification of the clone’s own row of the distro. */
let run: Ended;
let report: Report;

const missing = await whatIsMissing();
if (missing === undefined) register();
else process.stdout.write(`skipped: installs with dnf: ${missing}\n`);

async function whatIsMissing(): Promise<string | undefined> {
  if (process.arch !== 'x64') return 'the packages for the build platform are for amd64';
  try {
    await readDebianMachine();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return 'Debian’s dnf and rpm come from a Debian machine’s own mirror';
    throw error;
  }
}

function register(): void {
  test.before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
    layout = await rpmBase();
    builder = await keepOwnEngine({ say: () => undefined });
    const bases = await basesFolder('bases', { [DISTRO]: layout });
    const out = join(folder, 'good');
    run = await runMake('verify', { DISTRO, BASES: bases, BUILDER: 'own', OUT: out });
    report = await readReport(out);
  });

  test.after(async () => {
    await builder.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('dnf installs a package of the target’s architecture by every path on which a worker is built', () => {
    assert.is(run.status, 0, run.stdout + run.stderr);
    assert.equal(
      cellsOf(report),
      PATHS.flatMap((path) => PLATFORMS.map((platform) => `${DISTRO} ${path} ${platform} pass`)),
    );
    const { cells } = report;
    assert.equal([...new Set(cells.map(({ base }) => base.kind))], ['layout']);
    for (const { path, platform, installed, execOps } of cells) {
      const installs = INSTALLING.includes(path);
      assert.equal(
        execOps.map(({ foreign }) => foreign),
        installs ? [false] : [],
      );
      assert.equal(
        installed,
        installs
          ? {
              manager: 'dnf',
              package: 'tree',
              version: '2.1-1',
              architecture: ARCHITECTURES[platform],
              status: 'installed',
              unconfigured: 'scriptlets of every package',
            }
          : null,
      );
    }
  });

  test('The worker’s rpm database has the package with its dependency, and no file differs from what it says', async () => {
    for (const platform of PLATFORMS) {
      const asked = await ask('worker-database', platform);
      const architecture = ARCHITECTURES[platform] ?? '';
      const packages = (await read(asked, 'packages')).filter((line) => !line.startsWith('gpg-pubkey '));
      assert.equal(packages, [
        `libtree 2.1-1 ${architecture}`,
        `sh 1-1 ${architecture}`,
        `tree 2.1-1 ${architecture}`,
      ]);
      // Documentation is not installed.
      assert.equal(await read(asked, 'verify'), []);
    }
  });

  test('No scriptlet of the packages has run, in shell or in Lua, trigger or not', async () => {
    for (const platform of PLATFORMS)
      assert.equal(await read(await ask('worker-database', platform), 'ran'), []);
  });

  test('A worker has the layers of its marker image, and one more with what the packages bring and both databases', async () => {
    const dest = join(folder, 'worker');
    const target = `base-context-${DISTRO}`;
    await bakeWorker([target], [`${target}.output=type=oci,dest=${dest},tar=false`]);
    const markers = await layersOf(join(folder, `good/marker/${DISTRO}`));
    for (const [platform, layers] of await layersOf(dest)) {
      assert.equal(layers.slice(0, -1), markers.get(platform));
      const added = join(dest, 'blobs', ...(layers.at(-1) ?? '').split(':'));
      const { stdout } = await runCommand('tar', ['--list', '--gzip', '--file', added]);
      const files = stdout.split('\n').filter((name) => !name.endsWith('/'));
      assert.equal(files.sort(), ADDED, platform);
    }
  });

  test('An install that cannot be done fails its own cell with the manager’s words, and no other', async () => {
    const works = { name: 'works', manager: 'dnf', release: '9' } as const;
    const rows = [works, ...FAULTS];
    const empty = await makeStandIn('installs-empty', EMPTY, PLATFORMS);
    const bases = Object.fromEntries(
      rows.map((row) => [row.name, 'empty' in row && row.empty ? empty : layout]),
    );
    const project = join(folder, 'project');
    await writeProject(project, rows);
    const out = join(folder, 'faults');
    const variables = { BASES: await basesFolder('fault-bases', bases), BUILDER: 'own', OUT: out };
    const { status, stderr } = await runVerb(
      'verify',
      { ...variables, WORKER_PATH: 'base-context' },
      project,
    );
    assert.is(status, 1, stderr);
    const { cells } = await readReport(out);
    for (const { distro, platform, verdict, log = '' } of cells) {
      const fault = platform === 'linux/arm64' ? FAULTS.find(({ name }) => name === distro) : undefined;
      assert.is(verdict, fault === undefined ? 'pass' : 'build-failed', `${distro} ${platform}: ${log}`);
      if (fault !== undefined) assert.match(log, fault.says);
    }
    const passed = cells.filter(({ verdict }) => verdict === 'pass');
    assert.equal(
      passed.map(({ distro, platform }) => `${distro} ${platform}`),
      ['works linux/amd64', 'works linux/arm64', 'package-native-only linux/amd64'],
    );
  });

  test('Each of those scriptlets leaves its file where dnf is let to run it', async () => {
    assert.equal(await read(await ask('with-scriptlets', 'linux/amd64'), 'ran'), SCRIPTLETS);
  });
}

/** A project beside the clone, whose distros have these rows. What fails on every platform is tried on one. */
async function writeProject(path: string, rows: readonly Omit<InstallFault, 'says'>[]): Promise<void> {
  await mkdir(path);
  const distros = rows.map(({ name, manager, release, package: installed = 'tree' }) => ({
    name,
    base: baseOf(name),
    manager,
    release,
    package: installed,
    platforms: ['works', 'package-native-only'].includes(name) ? PLATFORMS : ['linux/arm64'],
  }));
  const subject = {
    name: 'subject',
    dockerfile: join(CLONE, 'stages/worker.Dockerfile'),
    target: 'worker',
    'worker-context': 'worker',
    args: { BASE: '{base}', INSTALL: '{install}', PACKAGE: '{package}', RELEASE: '{release}' },
  };
  const matrix = { platforms: PLATFORMS, distros, subjects: [subject] };
  await writeFile(join(path, 'distros.yaml'), stringify(matrix));
  const { status, stderr } = await runVerb('generate', {}, path);
  assert.is(status, 0, stderr);
}

/** A folder with a base for each distro. */
async function basesFolder(name: string, layouts: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [distro, of] of Object.entries(layouts)) await symlink(of, join(path, distro));
  return path;
}

/** Builds a target of inspect.Dockerfile on the very worker of the run; returns the folder of what it found. */
async function ask(target: string, platform: string): Promise<string> {
  const dest = join(folder, `${target}-${platform.replace('/', '-')}`);
  const bake = {
    target: {
      ask: {
        context: join(INSPECT, '..'),
        dockerfile: INSPECT,
        target,
        contexts: { base: `oci-layout://${layout}:latest`, worker: `target:base-context-${DISTRO}` },
        platforms: [platform],
        output: [`type=local,dest=${dest}`],
      },
    },
  };
  const file = `${dest}.json`;
  await writeFile(file, JSON.stringify(bake));
  await bakeWorker(['ask'], [`base-context-${DISTRO}.platform=${platform}`], [file]);
  return dest;
}

/** Builds targets with what the run has left, the workers among them. */
function bakeWorker(targets: string[], set: string[], files: string[] = []): Promise<string> {
  const own = [join(CLONE, 'docker-bake.hcl'), join(folder, 'good/run/workers.json')];
  return runBake(builder, { files: [...own, ...files], targets, set });
}

/** The digests of the layers of each image of a layout, by platform. */
async function layersOf(path: string): Promise<Map<string, string[]>> {
  const opened = await openLayout(path);
  try {
    const { images } = await listImages(opened);
    return new Map(
      images.map(({ platform, manifest }) => [platform, manifest.layers.map(({ digest }) => digest)]),
    );
  } finally {
    await opened.close();
  }
}

async function read(path: string, name: string): Promise<string[]> {
  return (await readFile(join(path, name), 'utf8')).split('\n').filter((line) => line !== '');
}

test.run();
