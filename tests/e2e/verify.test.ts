import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTROLS } from '../../lib/flow/controls.ts';
import { openLayout } from '../../lib/oci/blobs.ts';
import { listImages } from '../../lib/oci/images.ts';
import { runsNatively } from '../../lib/proof/runsNatively.ts';
import { PATHS } from '../../lib/proof/verdict.ts';
import { baseOf, writeProject } from './project.ts';
import type { RunRecord } from '../../lib/flow/runRecord.ts';
import { CLONE, cellsOf, readReport, runMake, runVerb, withFolder, type Ended } from './verbs.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const schema = JSON.parse(await readFile(join(CLONE, 'schemas/report.schema.json'), 'utf8')) as object;
const isReport = new Ajv2020({ allErrors: true }).compile(schema);

/** One run of the clone, which the first tests look at in turn. */
let out = '';
let run: Ended;

test.before(async () => {
  out = await mkdtemp(join(tmpdir(), 'pm-e2e-'));
  run = await runMake('verify', { DISTRO: 'azlinux3', OUT: out });
});

test.after(() => rm(out, { recursive: true, force: true }));

test('make verify passes, and its report is valid by the committed schema', async () => {
  assert.is(run.status, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /^verified: 6 of 6 cells passed, 15 of 15 controls caught/m);
  const report = await readReport(out);
  assert.ok(isReport(report), JSON.stringify(isReport.errors));
  assert.ok(report.verified);
  assert.equal(
    cellsOf(report),
    PATHS.flatMap((path) => PLATFORMS.map((platform) => `azlinux3 ${path} ${platform} pass`)),
  );
});

test('Every run catches swapped markers, a pinned platform and a bypassed marker by each path', async () => {
  const { builder, controls } = await readReport(out);
  const expected = CONTROLS.flatMap(({ name, expects, appliesTo }) =>
    PATHS.flatMap((path) =>
      PLATFORMS.filter((platform) => appliesTo(platform, builder.platform)).map(
        (platform) => `${name} ${path} ${platform} ${expects} caught`,
      ),
    ),
  );
  const found = controls.map(({ name, path, platform, verdict, caught }) =>
    [name, path, platform, verdict, caught ? 'caught' : 'missed'].join(' '),
  );
  assert.equal(found.sort(), expected.sort());
  assert.ok(found.includes('swapped-markers source-policy linux/arm64 wrong-platform caught'));
});

test('make check judges again what the run left, and comes to the same', async () => {
  const before = cellsOf(await readReport(out));
  await rm(join(out, 'report.json'));
  const { status, stdout } = await runMake('check', { OUT: out });
  assert.is(status, 0, stdout);
  assert.equal(cellsOf(await readReport(out)), before);
});

test('A probe that was tampered with after the run fails make check, which names the blob', async () => {
  const record = JSON.parse(await readFile(join(out, 'run/run.json'), 'utf8')) as RunRecord;
  const probe = record.cells.find(({ path }) => path === 'base-context')?.layout ?? '';
  const sharesLayout = new Set(record.cells.filter(({ layout }) => layout === probe).map(({ path }) => path));
  assert.not(sharesLayout.has('source-policy'), 'it is built under a policy, in a solve of its own');
  const layout = await openLayout(probe);
  const { images } = await listImages(layout);
  await layout.close();
  const arm64 = images.find(({ platform }) => platform === 'linux/arm64');
  const digest = arm64?.manifest.layers[0]?.digest ?? '';
  const blob = join(probe, 'blobs', ...digest.split(':'));
  const bytes = await readFile(blob);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 10) ^ 1, bytes.length - 10);
  await writeFile(blob, bytes);
  const { status, stdout } = await runVerb('check', { OUT: out });
  assert.is(status, 1, stdout);
  for (const { path, verdict, detail } of (await readReport(out)).cells) {
    assert.is(verdict, sharesLayout.has(path) ? 'build-failed' : 'pass');
    if (sharesLayout.has(path)) assert.match(detail, digest);
  }
});

test('What is installed for each platform is of it, and only programs of the build platform ran', () =>
  withFolder(async (folder) => {
    const { status, stdout } = await runMake('verify', { DISTRO: 'debian-bookworm', OUT: folder });
    assert.is(status, 0, stdout);
    const report = await readReport(folder);
    assert.ok(isReport(report), JSON.stringify(isReport.errors));
    for (const { path, platform, base, installed, execOps } of report.cells) {
      assert.ok(base.kind === 'bootstrap' || base.kind === 'registry');
      if (path === 'worker-context') {
        assert.equal(execOps, []);
        continue;
      }
      assert.is(installed?.['package'], 'hello');
      assert.is(installed?.['architecture'], platform.replace('linux/', ''));
      assert.ok(execOps.length > 0);
      for (const op of execOps) {
        assert.is(op.platform, report.builder.platform);
        assert.not(op.foreign);
      }
    }
  }));

test('A worker that is pinned to the build platform fails on every other one', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one']);
    const subject = join(folder, 'Dockerfile');
    await writeFile(subject, 'ARG BASE\nFROM --platform=$BUILDPLATFORM ${BASE} AS worker\n');
    const { status, stdout } = await runVerb('verify', { SUBJECT: subject }, folder);
    assert.is(status, 1, stdout);
    const report = await readReport(join(folder, 'out'));
    for (const { platform, verdict, detail } of report.cells) {
      const native = runsNatively(platform, report.builder.platform);
      assert.is(verdict, native ? 'pass' : 'wrong-platform', detail);
    }
    assert.not(report.verified);
    assert.match(stdout, /^wrong-platform one source-policy/m);
    assert.match(stdout, /^not verified: 3 of 6 cells passed/m);
  }));

test('DISTRO, PLATFORM and WORKER_PATH narrow a run to the cells that they name', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one', 'two', 'three']);
    const variables = { DISTRO: 'three,one', PLATFORM: 'linux/arm64', WORKER_PATH: 'base-context' };
    const { status, stdout } = await runVerb('verify', variables, folder);
    assert.is(status, 0, stdout);
    const report = await readReport(join(folder, 'out'));
    assert.equal(cellsOf(report), [
      'one base-context linux/arm64 pass',
      'three base-context linux/arm64 pass',
    ]);
    assert.equal([...new Set(report.controls.map(({ path }) => path))], ['base-context']);
  }));

test('A name that there is not ends with status 2 and a guess at what was meant', async () => {
  const cases: [variables: Record<string, string>, meant: string][] = [
    [{ DISTRO: 'debian-bokworm' }, 'debian-bookworm'],
    [{ PLATFORM: 'linux/amd46' }, 'amd64'],
    [{ WORKER_PATH: 'source-polcy' }, 'source-policy'],
    [{ SUBJECT: 'built-inn' }, 'built-in'],
  ];
  for (const [variables, meant] of cases) {
    const { status, stderr } = await runVerb('verify', variables);
    assert.is(status, 2, stderr);
    assert.match(stderr, `(did you mean "${meant}"?)`);
    assert.not.match(stderr, /^\s+at /m);
  }
  assert.is((await runMake('verify', { DISTRO: 'debian-bokworm' })).status, 2);
});

test('A policy that was edited to match another image costs that distro its source-policy cells alone', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one', 'two']);
    const policy = join(folder, 'policies/one.json');
    const text = await readFile(policy, 'utf8');
    const edited = text.replaceAll(`docker-image://${baseOf('one')}`, `docker-image://${baseOf('one')}-slim`);
    assert.is.not(edited, text);
    await writeFile(policy, edited);
    const { status, stdout } = await runVerb('verify', {}, folder);
    assert.is(status, 1, stdout);
    const report = await readReport(join(folder, 'out'));
    const short = report.cells.filter(({ verdict }) => verdict !== 'pass');
    assert.equal(
      short.map(({ distro, path, platform, verdict }) => [distro, path, platform, verdict].join(' ')),
      PLATFORMS.map((platform) => `one source-policy ${platform} build-failed`),
    );
    for (const { detail } of short) assert.match(detail, baseOf('one'));
    assert.is(await readFile(policy, 'utf8'), edited, 'a policy that a person has edited stays as it is');
  }));

test.run();
