import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeProject } from './project.ts';
import { cellsOf, readReport, runVerb, withFolder } from './verbs.ts';

const SUBJECT = 'ARG BASE\nFROM ${BASE} AS worker\n';

test('Two shards merged come to what a run of the whole does, and one of them alone is refused', () =>
  withFolder(async (folder) => {
    await writeProject(folder, ['one', 'two'], SUBJECT);
    const run = async (out: string, variables: Record<string, string>) => {
      const { status, stdout, stderr } = await runVerb('verify', { OUT: out, ...variables }, folder);
      assert.is(status, 0, stdout + stderr);
      return readReport(join(folder, out));
    };
    const whole = await run('whole', {});
    const first = await run('shards/1', { SHARD: '1/2', TIMES: 'whole/report.json' });
    const second = await run('shards/2', { SHARD: '2/2', TIMES: 'whole/report.json' });
    assert.is(first.cells.length + second.cells.length, whole.cells.length);
    assert.equal(first.inputs, whole.inputs);

    const merged = await runVerb('merge', { REPORTS: 'shards/*/report.json', OUT: 'merged' }, folder);
    assert.is(merged.status, 0, merged.stdout + merged.stderr);
    assert.match(merged.stdout, /^verified: 12 of 12 cells passed, 30 of 30 controls caught/m);
    const report = await readReport(join(folder, 'merged'));
    assert.equal(cellsOf(report), cellsOf(whole));
    // But for times and for the numbers that are of a build alone.
    const evidence = ({ cells, canaries, notes, inputs, verified }: typeof report) => ({
      ...{ canaries, notes, inputs, verified },
      cells: cells.map(({ distro, marker, markerDigest, base, root, execOps, rerun }) => ({
        ...{ distro, marker, markerDigest, base, root, execOps, rerun },
      })),
    });
    assert.equal(evidence(report), evidence(whole));
    assert.not(report.shard);

    await mkdir(join(folder, 'alone'));
    const alone = await runVerb('merge', { REPORTS: 'shards/2/report.json', OUT: 'alone' }, folder);
    assert.is(alone.status, 2);
    assert.match(alone.stderr, /gap: no report is of shard 1\/2, which verifies .* and 3 more cells/);
    await writeFile(join(folder, 'distros.yaml'), '# changed\n', { flag: 'a' });
    await run('shards/2', { SHARD: '2/2', TIMES: 'whole/report.json' });
    const changed = await runVerb('merge', { REPORTS: 'shards/*/report.json', OUT: 'merged' }, folder);
    assert.is(changed.status, 2);
    assert.match(changed.stderr, /shards\/2\/report\.json: different inputs: another distros\.yaml/);
  }));

test.run();
