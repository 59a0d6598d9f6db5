import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckedCell } from '../../lib/flow/checkRun.ts';
import { makeReport } from '../../lib/flow/makeReport.ts';
import type { BuiltCell } from '../../lib/flow/runRecord.ts';
import { canaryElf, elfMachineOf } from '../../lib/proof/canaryElf.ts';
import { reportJsonSchema } from '../../lib/report/schema.ts';
import { builtCell, MARKER_DIGEST, runRecord } from './record.ts';

const SCHEMA = fileURLToPath(new URL('../../schemas/report.schema.json', import.meta.url));

const checked = (cell: BuiltCell, change: Partial<CheckedCell> = {}): CheckedCell => ({
  cell,
  verdict: 'pass',
  detail: '',
  marker: cell.platform,
  markerDigest: MARKER_DIGEST,
  materials: [],
  machine: 'linux/amd64',
  execOps: [],
  root: [],
  steps: [],
  policies: [],
  installed: undefined,
  log: undefined,
  ...change,
});
const cell = checked(builtCell('linux/arm64'));
const control = (verdict: CheckedCell['verdict'], platform = 'linux/arm64') =>
  checked(builtCell(platform, { control: 'pinned-platform' }), { verdict });
const report = (cells: CheckedCell[]) =>
  makeReport(runRecord(cells.map((one) => one.cell)), cells, 12.3456, '0.1.0');

test('A run is verified when every cell passed and every control was caught', () => {
  const made = report([cell, control('wrong-platform')]);
  assert.ok(made.verified);
  assert.is(made.totals.controlsCaught, 1);
  assert.is(made.seconds, 12.35);
});

test('A control that passed is not caught, and then nothing is verified', () => {
  const made = report([cell, control('pass')]);
  assert.not(made.verified);
  assert.equal(
    made.controls.map(({ caught }) => caught),
    [false],
  );
});

test('A control caught for the wrong reason is not caught', () => {
  assert.not(report([cell, control('build-failed')]).verified);
});

test('A control counts only where it is broken: a worker pinned to the build platform is right there', () => {
  const made = report([cell, control('wrong-platform'), control('pass', 'linux/amd64')]);
  assert.is(made.controls.length, 1);
  assert.ok(made.verified);
});

test('No cells, or no controls, prove nothing', () => {
  assert.not(report([]).verified);
  assert.not(report([cell]).verified);
});

test('One cell that fell short is enough', () => {
  const short = checked(builtCell('linux/amd64'), { verdict: 'unproven', detail: 'x' });
  assert.not(report([cell, short, control('wrong-platform')]).verified);
});

test('What a worker claims to have installed is taken as texts, or not at all', () => {
  const installed = (text: string) => report([{ ...cell, installed: text }]).cells[0]?.installed;
  assert.equal(installed('{"package":"hello","n":1}'), { package: 'hello' });
  assert.is(installed('[]'), null);
  assert.is(installed('not JSON'), null);
});

test('The program that came with it is told by its ELF header', () => {
  const program = elfMachineOf(canaryElf('linux/arm64'));
  assert.not('problem' in program);
  if ('problem' in program) return;
  const [made] = report([{ ...cell, program: { path: '/usr/bin/hello', ...program } }]).cells;
  const expected = {
    path: '/usr/bin/hello',
    machine: 183,
    bits: 64,
    endian: 'little',
    architecture: 'arm64',
  };
  assert.equal(made?.program, expected);
  assert.not('program' in (report([cell]).cells[0] ?? {}));
});

test('A cell says how it is run alone, with what the person gave', () => {
  const record = runRecord([cell.cell], { given: { SUBJECT: 'dalec' } });
  const [made] = makeReport(record, [cell], 1, '0.1.0').cells;
  assert.is(
    made?.rerun,
    'npx platform-marker verify --subject dalec --distro azlinux3 --worker-path worker-context --platform linux/arm64',
  );
});

test('A cell that counts although an emulator answered is said to be no proof', () => {
  const canaries = [
    { platform: 'linux/amd64', op: 'linux/amd64', outcome: 'ran' as const },
    { platform: 'linux/arm64', op: 'linux/amd64', outcome: 'ran' as const },
    { platform: 'linux/arm64', op: 'linux/arm64', outcome: 'ran' as const },
  ];
  const notes = (allowEmulator: boolean) =>
    makeReport(runRecord([cell.cell], { canaries, allowEmulator }), [cell], 1, '0.1.0').notes;
  assert.match(notes(true).join('\n'), /no(t a)? proof.*--allow-emulator.*binfmt_misc/);
  assert.equal(notes(false), []);
});

test('A report is what its schema says', async () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(await readFile(SCHEMA, 'utf8')) as object,
  );
  const made = report([
    cell,
    checked(builtCell('linux/amd64'), { verdict: 'build-failed', log: 'x' }),
    control('pass'),
  ]);
  assert.ok(validate(JSON.parse(JSON.stringify(made))), JSON.stringify(validate.errors));
  assert.not(validate({ ...made, cells: [{}] }));
});

test('The committed schema is the one that `make generate` writes', async () => {
  assert.is(await readFile(SCHEMA, 'utf8'), reportJsonSchema());
});

test.run();
