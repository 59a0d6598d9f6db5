import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeReports } from '../../lib/report/writeReports.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { report, reportCell } from './report.ts';

test('Every form is written, and nothing half made is left', () =>
  inTempDirectory(async (dir) => {
    assert.is(await writeReports(report([reportCell()]), dir), undefined);
    assert.equal((await readdir(dir)).sort(), ['junit.xml', 'report.html', 'report.json', 'report.md']);
  }));

test('A form that cannot be written is a fault that names it', () =>
  inTempDirectory(async (dir) => {
    await mkdir(join(dir, 'junit.xml'));
    const fault = await writeReports(report([reportCell()]), dir);
    assert.is(fault?.exitStatus, 2);
    assert.match(fault?.message ?? '', /junit\.xml cannot be written[^]*--out/);
    assert.equal((await readdir(dir)).sort(), ['junit.xml', 'report.json']);
  }));

test('The page compares with the report of the run before, and takes one that is none for none', () =>
  inTempDirectory(async (dir) => {
    const page = () => readFile(join(dir, 'report.html'), 'utf8');
    const before = join(dir, 'report.previous.json');
    await writeFile(before, '{}');
    await writeReports(report([reportCell()]), dir);
    assert.match(await page(), /no earlier run/);
    await writeFile(before, JSON.stringify(report([reportCell({ verdict: 'unproven' })])));
    await writeReports(report([reportCell()]), dir);
    assert.match(
      await page(),
      /1 of 1 cells changed since the run of 2026-01-01 00:00 UTC\.<[^]*was unproven/,
    );
    const cells = [reportCell(), reportCell({ distro: 'gone' })];
    await writeFile(before, JSON.stringify(report(cells)));
    await writeReports(report([reportCell()]), dir);
    assert.match(
      await page(),
      /0 of 1 cells changed since [^<]*\. 1 of its cells were not asked for this time\.</,
    );
  }));

test.run();
