import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkRun } from '../../lib/flow/checkRun.ts';
import { readRunRecord, RUN_RECORD, RUN_RECORD_SEAL, writeRunRecord } from '../../lib/flow/runRecord.ts';
import type { RunRecord } from '../../lib/flow/runRecord.ts';
import { sha256 } from '../../lib/oci/digest.ts';
import { fileSeal } from '../../lib/proof/seal.ts';
import { faultOf } from '../base/distro.ts';
import { inTempDirectory } from '../fixtures/layouts/inTempDirectory.ts';
import { builtCell, KEY, runRecord } from './record.ts';

/** Runs a test in a folder of outputs in which a run has left a record. */
const withRecord = (record: RunRecord, run: (out: string) => Promise<void>) =>
  inTempDirectory(async (out) => {
    await mkdir(join(out, 'run'));
    await writeRunRecord(out, record, KEY);
    await run(out);
  });

/** A text in the place of a record, sealed as a run seals it. */
async function sealText(out: string, text: string): Promise<void> {
  await mkdir(join(out, 'run'), { recursive: true });
  await writeFile(join(out, RUN_RECORD), text);
  await writeFile(join(out, RUN_RECORD_SEAL), `${fileSeal(KEY, RUN_RECORD, Buffer.from(text))}\n`);
}

test('a record is read back as it was written, with what its cells are judged by', () => {
  const cell = builtCell('linux/arm64', {
    program: '/usr/bin/hello',
    control: 'pinned-platform',
    policyFile: '/nowhere.json',
  });
  const record = runRecord([cell]);
  return withRecord(record, async (out) => {
    const { evidence, ...read } = await readRunRecord(out, KEY);
    assert.equal(read, record);
    assert.equal(evidence, {
      [`${cell.layout}/index.json`]: sha256(await readFile(`${cell.layout}/index.json`)),
      [cell.metadata]: sha256(await readFile(cell.metadata)),
      '/nowhere.json': null,
    });
  });
});

test('A record of another clone is refused as such, for nothing could be told of its markers', () =>
  withRecord(runRecord([]), async (out) => {
    assert.match((await faultOf(readRunRecord(out, Buffer.alloc(32)))).message, 'sealed by another clone');
  }));

test('where no run has come that far, it is said what to do', () =>
  inTempDirectory(async (dir) => {
    const { message, exitStatus } = await faultOf(readRunRecord(dir, KEY));
    assert.is(exitStatus, 2);
    assert.is(
      message,
      `${dir}/run/run.json is not there: no run has built probes yet\n  run \`npx platform-marker verify\` first`,
    );
  }));

test('a run that is ended between the seal and the record has left nothing to judge', () =>
  withRecord(runRecord([]), async (out) => {
    await rm(join(out, RUN_RECORD));
    await writeFile(join(out, 'report.previous.json'), '');
    const { message } = await faultOf(readRunRecord(out, KEY));
    assert.match(message, 'is not there: the last run ended before there was anything to judge');
  }));

test('half a record is not judged by', () =>
  withRecord(runRecord([]), async (out) => {
    const text = await readFile(join(out, RUN_RECORD), 'utf8');
    await writeFile(join(out, RUN_RECORD), text.slice(0, -20));
    assert.match(
      (await faultOf(readRunRecord(out, KEY))).message,
      'is not whole: the run that wrote it was ended',
    );
  }));

const failed = builtCell('linux/amd64', { outcome: { ok: false, log: 'x', timedOut: false } });
const RECORD = runRecord([builtCell('linux/arm64'), failed, builtCell('linux/arm64', { control: 'x' })]);
const changed = ([first, second, third]: RunRecord['cells']) => ({
  'a cell that failed taken out': { cells: [first, third] },
  'the probe of another in the place of one’s own': { cells: [first, { ...second, ...first }, third] },
  'another control': { cells: [first, second, { ...third, control: 'pinned-platform' }] },
  'a canary that was refused': {
    canaries: RECORD.canaries.map((one) => ({ ...one, outcome: 'refused' as const })),
  },
  'emulators allowed': { allowEmulator: true },
  'no evidence': { evidence: undefined },
});
for (const [what, change] of Object.entries(changed(RECORD.cells))) {
  test(`A record that was changed after the run is refused: ${what}`, () =>
    withRecord(RECORD, async (out) => {
      const read = JSON.parse(await readFile(join(out, RUN_RECORD), 'utf8')) as RunRecord;
      await writeFile(join(out, RUN_RECORD), JSON.stringify({ ...read, ...change }, null, 2) + '\n');
      const { message, exitStatus } = await faultOf(readRunRecord(out, KEY));
      assert.is(exitStatus, 2);
      assert.is(
        message,
        `${out}/run/run.json is not as the run wrote it: its seal does not match\n  run \`npx platform-marker verify\` again`,
      );
    }));
}

test('A record is refused without its seal, and with the seal of another', () =>
  withRecord(runRecord([]), async (out) => {
    const own = await readFile(join(out, RUN_RECORD_SEAL));
    await rm(join(out, RUN_RECORD_SEAL));
    assert.match((await faultOf(readRunRecord(out, KEY))).message, 'has no seal: another version wrote it');
    await writeRunRecord(out, runRecord([builtCell('linux/arm64')]), KEY);
    await writeFile(join(out, RUN_RECORD_SEAL), own);
    assert.match((await faultOf(readRunRecord(out, KEY))).message, 'is not as the run wrote it');
  }));

const ofCells = (...changes: Parameters<typeof builtCell>[1][]) =>
  runRecord(changes.map((change) => builtCell('linux/arm64', change)));
for (const [what, record, place] of [
  ['nothing', {}, 'version'],
  ['a list', [], 'the whole'],
  ['a cell of a path that there is not', ofCells({ path: 'x' as never }), 'cells.0.path'],
  ['a program that is no path', ofCells({ program: 5 as never }), 'cells.0.program'],
  ['a control that there is not', ofCells({ control: 'x' }), 'cells.0.control'],
  ['a policy that is no path', ofCells({ policyFile: 5 as never }), 'cells.0.policyFile'],
  ['a cell twice', ofCells({}, { layout: '/x' }), 'cells'],
  ['a builder without a platform', { ...runRecord([]), builder: { name: 'x' } }, 'builder.driver'],
] as const) {
  test(`A record that holds ${what} is refused with the place`, () =>
    inTempDirectory(async (dir) => {
      await sealText(dir, JSON.stringify(record));
      const { message, exitStatus } = await faultOf(readRunRecord(dir, KEY));
      assert.is(exitStatus, 2);
      assert.match(message, `is not the record of a run: ${place}: `);
    }));
}

test('A cell and the controls that are made of it are not one twice', () => {
  const controls = ['pinned-platform', 'swapped-markers'].map((control) =>
    builtCell('linux/arm64', { control }),
  );
  return withRecord(runRecord([builtCell('linux/arm64'), ...controls]), async (out) => {
    assert.is((await readRunRecord(out, KEY)).cells.length, 3);
  });
});

/** Runs a test with a record of a cell whose files lie in a folder of the test's own. */
const withFiles = (
  run: (out: string, files: Record<'probe' | 'metadata' | 'policy', string>) => Promise<void>,
) =>
  inTempDirectory(async (out) => {
    const [probe, metadata, policy] = ['probe', 'metadata.json', 'policy.json'].map((name) =>
      join(out, name),
    );
    if (probe === undefined || metadata === undefined || policy === undefined) throw new RangeError();
    const model = builtCell('linux/arm64');
    await mkdir(join(out, 'run'));
    await cp(model.layout, probe, { recursive: true });
    await cp(model.metadata, metadata);
    await writeFile(policy, '{"rules":[]}');
    const cell = builtCell('linux/arm64', { layout: probe, metadata, policyFile: policy });
    await writeRunRecord(out, runRecord([cell]), KEY);
    await run(out, { probe: join(probe, 'index.json'), metadata, policy });
  });
const check = async (out: string) => checkRun(await readRunRecord(out, KEY), KEY);

test('What a run left is judged where it is as it was', () =>
  withFiles(async (out) => {
    assert.is((await check(out))[0]?.marker, 'linux/arm64');
  }));

for (const what of ['probe', 'metadata', 'policy'] as const) {
  test(`The ${what} of a cell that was changed or taken away after the run is refused by its name`, () =>
    withFiles(async (out, files) => {
      await writeFile(files[what], ' ', { flag: 'a' });
      const { message, exitStatus } = await faultOf(check(out));
      assert.is(exitStatus, 2);
      assert.is(
        message,
        `${files[what]} is not as it was when the run ended: nothing can be judged by it\n  run \`npx platform-marker verify\` again`,
      );
      await rm(files[what]);
      assert.match((await faultOf(check(out))).message, `${files[what]} is not there any more`);
    }));
}

test.run();
