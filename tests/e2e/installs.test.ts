import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBake } from '../../lib/bake/runBake.ts';
import { makeStandIn } from '../../lib/base/standIn.ts';
import type { Builder } from '../../lib/engine/builder.ts';
import { runCommand } from '../../lib/engine/command.ts';
import { readDebianMachine } from '../../lib/engine/debianMirror.ts';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { Fault } from '../../lib/fault/fault.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { listImages } from '../../lib/oci/images.ts';
import { runsNatively } from '../../lib/proof/runsNatively.ts';
import { PATHS } from '../../lib/proof/verdict.ts';
import type { Report } from '../../lib/report/schema.ts';
import { installBases, type BaseName } from './installs/bases.ts';
import { lookAtKept } from './installs/planted.ts';
import { EVERYWHERE, PLANTED, ROWS, writeBases, writeRows } from './installs/rows.ts';
import { CLONE, cellsOf, readReport, runMake, runVerb, type Ended } from './verbs.ts';

const DISTRO = 'almalinux9';
const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const ARCHITECTURES: Readonly<Record<string, string>> = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' };
const INSTALLING: readonly string[] = PATHS.filter((path) => path !== 'worker-context');
const KINDS = ['filetriggerin', 'post', 'posttrans', 'pre', 'pretrans', 'transfiletriggerin', 'triggerin'];
const SCRIPTLETS = ['lua', 'shell'].flatMap((by) => KINDS.map((kind) => `ran-${by}-${kind}`));
/** What rpm's and dpkg's leave when a native root installs the packages. */
const SCRIPTS = [...SCRIPTLETS, 'ran-postinst', 'ran-preinst'].sort();
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
let bases: Record<BaseName, string>;
let builder: Builder | undefined;
/** The verification of the clone’s own row of the distro. */
let run: Ended;
let report: Report;
/** What was spoilt of the downloads that two of the rows had kept. */
let planted: Record<string, string[]>[];
/** The verification of the rows that can be installed and of those that cannot. */
let rows: Ended;

const missing = await whatIsMissing();
if (missing === undefined) register();
else {
  process.stdout.write(`skipped: installs with dnf and apt: ${missing}\n`);
  test.skip('installs with dnf and apt');
}

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
    bases = await installBases().catch((error: unknown) => {
      // uvu says nothing of what fails here.
      process.stdout.write(`${String(error)}\n`);
      throw error;
    });
    builder = await keepOwnEngine({ say: () => undefined });
    const given = await writeBases(join(folder, 'bases'), { [DISTRO]: bases.plain });
    const out = join(folder, 'good');
    run = await runMake('verify', { DISTRO, BASES: given, BUILDER: 'own', OUT: out });
    report = await readReport(out);
    planted = await lookAtKept('plant', PLANTED, { builder, layout: bases.plain, folder });
    rows = await verifyRows();
  });

  test.after(async () => {
    await builder?.stop();
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
      const asked = await ask('rpm-database', platform);
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
      assert.equal(await read(await ask('rpm-database', platform), 'ran'), []);
  });

  test('A worker has the layers of its marker image, and one more with what the packages bring and both databases', async () => {
    const dest = join(folder, 'worker');
    const target = `base-context-${DISTRO}`;
    await bakeWorker('good', [target], [`${target}.output=type=oci,dest=${dest},tar=false`]);
    const markers = await layersOf(join(folder, `good/marker/${DISTRO}`));
    for (const [platform, layers] of await layersOf(dest)) {
      assert.equal(layers.slice(0, -1), markers.get(platform));
      const added = join(dest, 'blobs', ...(layers.at(-1) ?? '').split(':'));
      const { stdout } = await runCommand('tar', ['--list', '--gzip', '--file', added]);
      const files = stdout.split('\n').filter((name) => !name.endsWith('/'));
      assert.equal(files.sort(), ADDED, platform);
    }
  });

  test('apt installs a package of the target’s architecture, unpacks what has maintainer scripts, and says so', async () => {
    const { cells } = await readReport(join(folder, 'rows'));
    const works = cells.filter(({ distro }) => distro === 'apt-works' || distro === 'apt-full');
    assert.is(works.length, 3);
    for (const { distro, platform, installed, program, execOps } of works) {
      const architecture = platform.replace('linux/', '');
      // Of what is configured there, one has a trigger that was not run.
      const unconfigured = distro === 'apt-full' ? 'tree watcher (triggers)' : 'tree';
      const status = { status: 'unpacked', unconfigured };
      assert.equal(installed, { manager: 'apt', package: 'tree', version: '2.1-1', architecture, ...status });
      assert.equal([program?.path, program?.architecture], ['/usr/bin/tree', architecture]);
      assert.equal(
        execOps.map(({ foreign }) => foreign),
        [false],
      );
    }
  });

  test('More platforms are one line of distros.yaml each: their packages are installed here, and none of it runs', async () => {
    const { cells, canaries, notes } = await readReport(join(folder, 'rows'));
    for (const [platform, held, architecture, machine] of EVERYWHERE) {
      const cell = cells.find((one) => one.distro === 'apt-everywhere' && one.platform === platform);
      assert.equal(
        [cell?.verdict, cell?.marker, cell?.installed?.['architecture']],
        ['pass', platform, architecture],
      );
      assert.is(cell?.program?.machine, machine);
      assert.equal(
        cell?.execOps.map((op) => [op.platform, op.foreign]),
        [['linux/amd64', false]],
      );
      const taken = `its base has no image of ${platform}, so that of ${held} is taken for it`;
      assert.is(notes.includes(`apt-everywhere: ${taken}`), held !== platform, notes.join('\n'));
      const refused = canaries.filter((one) => one.platform === platform && one.outcome === 'refused');
      assert.is(refused.length, runsNatively(platform, 'linux/amd64') ? 0 : 2, platform);
    }
  });

  test('Packages of another architecture, or broken, among the kept downloads are not taken', async () => {
    assert.ok(builder);
    assert.equal(planted, [
      { spoilt: ['libtree_2.1-1_arm64.deb', 'tree_2.1-1_arm64.deb'] },
      { spoilt: ['libtree-2.1-1.aarch64.rpm', 'tree-2.1-1.aarch64.rpm'] },
    ]);
    const { cells } = await readReport(join(folder, 'rows'));
    for (const { name } of PLANTED) {
      const cell = cells.find(({ distro }) => distro === name);
      assert.is(cell?.verdict, 'pass', `${name}: ${cell?.detail ?? ''}\n${cell?.log ?? ''}`);
      assert.match(cell?.installed?.['architecture'] ?? '', /^(arm64|aarch64)$/);
      assert.is(cell?.program?.architecture, 'arm64');
    }
    // It was these folders that the installs kept theirs in: what they hold is right again.
    for (const { kept, right } of await lookAtKept('kept', PLANTED, { builder, layout: bases.plain, folder }))
      assert.equal(kept, right);
  });

  test('The worker’s dpkg database has both packages and their scripts, none of which has run', async () => {
    for (const platform of PLATFORMS) {
      const asked = await ask('dpkg-database', platform, 'rows', 'apt-works');
      const architecture = platform.replace('linux/', '');
      assert.equal(await read(asked, 'packages'), [
        `ii libtree 2.1-1 ${architecture}`,
        `iU tree 2.1-1 ${architecture}`,
      ]);
      assert.equal(await read(asked, 'verify'), []);
      const kept = ['config', 'list', 'md5sums', 'postinst', 'preinst', 'triggers'].map(
        (what) => `tree.${what}`,
      );
      assert.equal(await read(asked, 'info'), kept);
      assert.equal(await read(asked, 'ran'), []);
    }
  });

  test('An install that cannot be done fails its own cell with the manager’s words, and no other', async () => {
    assert.is(rows.status, 1, rows.stdout + rows.stderr);
    const { cells, controls } = await readReport(join(folder, 'rows'));
    assert.is(cells.length, ROWS.flatMap(({ platforms }) => platforms).length);
    const wrong = cells.flatMap(({ distro, platform, verdict, detail, log = '' }) => {
      const { says } = ROWS.find(({ name }) => name === distro) ?? {};
      const fails = says !== undefined && platform === 'linux/arm64';
      const right = fails
        ? verdict === 'build-failed' && says.test(detail) && !/did not complete|\n/.test(detail) && log !== ''
        : verdict === 'pass';
      return right ? [] : [`${distro} ${platform}: ${verdict} ${detail}\n${log}`];
    });
    assert.equal(wrong, []);
    assert.ok(
      controls.every(({ caught }) => caught),
      rows.stdout,
    );
  });

  test('Each of those scripts leaves its file where it is let to run', async () => {
    assert.equal(await read(await ask('with-scripts', 'linux/amd64'), 'ran'), SCRIPTS);
  });
}

async function verifyRows(): Promise<Ended> {
  const empty = await makeStandIn('installs-empty', EMPTY, PLATFORMS);
  const layouts = ROWS.map(({ name, base = 'plain' }) => [name, base === 'empty' ? empty : bases[base]]);
  const project = join(folder, 'project');
  await writeRows(project, ROWS);
  const variables = {
    BASES: await writeBases(join(folder, 'row-bases'), Object.fromEntries(layouts) as Record<string, string>),
    BUILDER: 'own',
    OUT: join(folder, 'rows'),
    WORKER_PATH: 'base-context',
  };
  return runVerb('verify', variables, project);
}

/** Builds a target of inspect.Dockerfile on the very worker of a run; returns the folder of what it found. */
async function ask(target: string, platform: string, of = 'good', distro = DISTRO): Promise<string> {
  const dest = join(folder, `${target}-${platform.replace('/', '-')}`);
  const bake = {
    target: {
      ask: {
        context: join(INSPECT, '..'),
        dockerfile: INSPECT,
        target,
        contexts: { base: `oci-layout://${bases.plain}:latest`, worker: `target:base-context-${distro}` },
        platforms: [platform],
        output: [`type=local,dest=${dest}`],
      },
    },
  };
  const file = `${dest}.json`;
  await writeFile(file, JSON.stringify(bake));
  await bakeWorker(of, ['ask'], [`base-context-${distro}.platform=${platform}`], [file]);
  return dest;
}

/** Builds targets with what a run has left, the workers among them. */
function bakeWorker(of: string, targets: string[], set: string[], files: string[] = []): Promise<string> {
  assert.ok(builder);
  const own = [join(CLONE, 'docker-bake.hcl'), join(folder, of, 'run/workers.json')];
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
