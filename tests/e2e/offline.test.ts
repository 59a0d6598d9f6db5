import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keepOwnEngine } from '../../lib/engine/ownBuilder.ts';
import { freePort, serveImages, writeImage } from './faults/servedImages.ts';
import { runIn } from './faults/runIn.ts';
import { assertNothingLeft, makeOwnCache } from './ownCache.ts';
import { writeProject } from './project.ts';
import { CLONE, cellsOf, readReport, runVerb, withFolder } from './verbs.ts';

const NARROW = { WORKER_PATH: 'source-policy', PLATFORM: 'linux/arm64' };

test('A base that was fetched is used again when its registry has gone, and the report says of when it is', () =>
  withFolder(async (folder) => {
    const images = join(folder, 'images');
    for (const name of ['one', 'two']) await writeImage(join(images, name));
    const port = await freePort();
    const names = ['one', 'two'];
    const bases = Object.fromEntries(names.map((name) => [name, `127.0.0.1:${port}/test/${name}:1`]));
    const project = join(folder, 'project');
    await writeProject(project, names, 'ARG BASE\nFROM ${BASE} AS worker\n', bases);
    const cells = (kind: string) => names.map((name) => `${name} source-policy linux/arm64 pass on ${kind}`);
    const verify = async (more: Record<string, string> = {}) => {
      const { status, stdout, stderr } = await runVerb('verify', { ...NARROW, ...more }, project);
      assert.is(status, 0, stdout + stderr);
      const report = await readReport(join(project, 'out'));
      return {
        report,
        ended: cellsOf(report).map((cell, at) => `${cell} on ${report.cells[at]?.base.kind ?? ''}`),
      };
    };
    const builder = await keepOwnEngine({ say: () => undefined });
    try {
      const served = await serveImages(images, port, builder);
      // One of them is fetched, and of the other nothing is known.
      const first = await verify({ DISTRO: 'one' }).finally(() => served.stop());
      assert.equal(first.ended, cells('registry').slice(0, 1));
      // Its marker is built again too.
      await rm(join(project, 'out'), { recursive: true });

      const { report, ended } = await verify();
      assert.equal(ended, [...cells('registry').slice(0, 1), ...cells('stand-in').slice(1)]);
      const digest = first.report.cells[0]?.base.digest ?? '';
      assert.is(report.cells[0]?.base.digest, digest);
      const said = `one: its base is ${digest}, as 127.0.0.1:${port}/test/one:1 was on `;
      assert.ok(
        report.notes.some((note) => note.startsWith(said)),
        report.notes.join('\n'),
      );
    } finally {
      await builder.stop();
    }
  }));

const OFFLINE =
  'A warm run needs no network: bases, packages and the engine are what the run before has fetched';
async function runOffline(): Promise<void> {
  await withFolder(async (folder) => {
    const own = await makeOwnCache(folder);
    const OUT = join(folder, 'out');
    const variables = { ...own.variables, ...NARROW, DISTRO: 'debian-bookworm', OUT };
    const cells = ['debian-bookworm source-policy linux/arm64 pass'];
    const warm = await runVerb('verify', variables, CLONE);
    assert.is(warm.status, 0, warm.stdout + warm.stderr);
    const before = await readReport(OUT);
    assert.equal(cellsOf(before), cells);

    const offline = await runIn(['--net'], 'ip link set lo up', CLONE, variables);
    assert.is(offline.status, 0, offline.stdout + offline.stderr);
    const report = await readReport(OUT);
    assert.equal(cellsOf(report), cells);
    assert.equal(report.cells[0]?.base, before.cells[0]?.base);
    assert.ok(['registry', 'bootstrap'].includes(report.cells[0]?.base.kind ?? ''));
    assert.match(report.notes.join('\n'), /registry docker\.io cannot be reached: .*network is unreachable/);
    await assertNothingLeft(own, OUT);
  });
}
if (process.getuid?.() === 0) test(OFFLINE, runOffline);
else process.stdout.write(`skipped: ${OFFLINE}: a network namespace takes root\n`);

test.run();
