import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fault } from '../../lib/fault/fault.ts';
import { splitMatrix, type SplitDistro } from '../../lib/matrix/splitMatrix.ts';
import { PATHS, type Path } from '../../lib/proof/verdict.ts';
import { mergeReports } from '../../lib/report/merge/mergeReports.ts';
import { outcomeOf } from '../../lib/report/outcome.ts';
import type { ReportFile } from '../../lib/report/readReportFile.ts';
import type { Report, ReportCell, ReportControl } from '../../lib/report/schema.ts';
import { report, reportCell } from './report.ts';

interface Matrix {
  distros: readonly SplitDistro[];
  paths: readonly Path[];
  /** Verdicts, in turn; mostly passes. */
  verdicts: readonly ReportCell['verdict'][];
}

const DISTROS = ['one', 'two', 'three'].map((name) => ({ name, platforms: ['linux/amd64', 'linux/arm64'] }));
const MATRIX: Matrix = { distros: DISTROS, paths: PATHS, verdicts: ['pass'] };
const digest = (character: string) => `sha256:${character.repeat(64)}`;

/** The cells of a matrix, in its order, as a run of the whole has them. */
function cellsOf({ distros, paths, verdicts }: Matrix): ReportCell[] {
  return distros
    .flatMap(({ name, platforms }) =>
      paths.flatMap((path) => platforms.map((platform) => ({ distro: name, path, platform }))),
    )
    .map((cell, at) =>
      reportCell({ ...cell, verdict: verdicts[at % verdicts.length] ?? 'pass', detail: `${at}` }),
    );
}

function controlsOf(distro: string, paths: readonly Path[], platforms: readonly string[]): ReportControl[] {
  const [model] = report([]).controls;
  if (model === undefined) throw new Error('the model report has no control');
  return paths.flatMap((path) => platforms.map((platform) => ({ ...model, distro, path, platform })));
}

function reportOf(cells: ReportCell[], change: Partial<Report> = {}): Report {
  const paths = [...new Set(cells.map(({ path }) => path))];
  const [first] = cells;
  const own = cells.filter(({ distro }) => distro === first?.distro);
  const controls = controlsOf(first?.distro ?? '', paths, [...new Set(own.map(({ platform }) => platform))]);
  const all = { controls, ...change };
  return report(cells, { ...all, ...outcomeOf(cells, all.controls) });
}

/** A report of each shard of a matrix. */
function shardsOf(matrix: Matrix, of: number): ReportFile[] {
  const split = splitMatrix(matrix.distros, matrix.paths, of, () => undefined);
  const cells = cellsOf(matrix);
  return Array.from({ length: of }, (_, at) => {
    const own = split.filter(({ shard }) => shard === at + 1);
    const isOwn = ({ distro, path, platform }: ReportCell) =>
      own.some(
        (part) => part.distro === distro && part.paths.includes(path) && part.platforms.includes(platform),
      );
    const shard = { index: at + 1, of, times: null, split };
    return fileOf(`out/${at + 1}/report.json`, reportOf(cells.filter(isOwn), { shard }));
  });
}

function fileOf(file: string, made: Report): ReportFile {
  return { file, text: '', report: made };
}

function change(files: readonly ReportFile[], at: number, changed: Partial<Report>): ReportFile[] {
  return files.map((one, index) => (index === at ? { ...one, report: { ...one.report, ...changed } } : one));
}

function refusal(files: readonly ReportFile[]): string {
  try {
    mergeReports(files);
  } catch (error) {
    if (error instanceof Fault && error.exitStatus === 2) return error.message;
    throw error;
  }
  throw new Error('it was merged');
}

const anyMatrix: fc.Arbitrary<Matrix> = fc.record({
  distros: fc
    .uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 6 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          fc
            .shuffledSubarray(['linux/amd64', 'linux/arm64', 'linux/s390x'], { minLength: 1 })
            .map((platforms) => ({ name, platforms })),
        ),
      ),
    ),
  paths: fc.subarray([...PATHS], { minLength: 1 }),
  verdicts: fc.array(fc.constantFrom('pass', 'pass', 'pass', 'wrong-platform', 'build-failed'), {
    minLength: 1,
    maxLength: 7,
  }),
});
const anySplit = fc
  .record({ matrix: anyMatrix, part: fc.nat(), seed: fc.nat() })
  .map(({ matrix, part, seed }) => ({ matrix, seed, of: 1 + (part % cellsOf(matrix).length) }));

test('Shards merged are the whole, up to times and each shard’s own controls', () => {
  fc.assert(
    fc.property(anySplit, ({ matrix, of }) => {
      const whole = reportOf(cellsOf(matrix));
      const merged = mergeReports(shardsOf(matrix, of));
      const { controls, totals, ...rest } = merged;
      const { controls: ofWhole, totals: wholeTotals, ...wholeRest } = whole;
      assert.equal(rest, { ...wholeRest, seconds: rest.seconds });
      assert.equal(totals.verdicts, wholeTotals.verdicts);
      assert.equal(totals.bases, wholeTotals.bases);
      const names = controls.map(({ distro, path, platform }) => `${distro} ${path} ${platform}`);
      assert.is(new Set(names).size, names.length);
      for (const { distro, path, platform } of ofWhole)
        assert.ok(names.includes(`${distro} ${path} ${platform}`));
    }),
  );
});

test('The order in which reports are named does not matter', () => {
  fc.assert(
    fc.property(anySplit, ({ matrix, of, seed }) => {
      const files = shardsOf(matrix, of);
      const turned = [...files.slice(seed % of), ...files.slice(0, seed % of)].reverse();
      assert.equal(mergeReports(turned), mergeReports(files));
    }),
  );
});

test('Whichever report is left out is a gap, and whichever comes twice an overlap, with its files', () => {
  fc.assert(
    fc.property(anySplit, ({ matrix, of, seed }) => {
      const files = shardsOf(matrix, of);
      const at = seed % of;
      const one = files[at];
      if (one === undefined) return;
      const rest = files.filter((file) => file !== one);
      assert.match(refusal(rest), of === 1 ? 'no report' : `gap: no report is of shard ${at + 1}/${of}`);
      const twice = refusal([...files, { ...one, file: 'again.json' }]);
      assert.ok(twice.includes('again.json') && twice.includes(one.file) && twice.includes('overlap'), twice);
    }),
  );
});

test('The report of a whole matrix by itself stays what it is, and goes with no other', () => {
  const whole = fileOf('out/report.json', reportOf(cellsOf(MATRIX)));
  assert.equal(mergeReports([whole]), whole.report);
  assert.match(refusal([whole, ...shardsOf(MATRIX, 2)]), /^out\/report\.json: is of a whole matrix/);
});

const DIFFERENT: Readonly<Record<string, Partial<Report>>> = {
  'distros.yaml': { inputs: { ...report([]).inputs, matrix: digest('b') } },
  policies: { inputs: { ...report([]).inputs, policies: null } },
  'subject’s source': { inputs: { ...report([]).inputs, subject: digest('b') } },
  frontend: { inputs: { ...report([]).inputs, frontend: 'ghcr.io/project-dalec/dalec/frontend:latest' } },
  'docker-bake.hcl or stages/': { inputs: { ...report([]).inputs, stages: digest('b') } },
  ALLOW_EMULATOR: { inputs: { ...report([]).inputs, allowEmulator: true } },
  'version of platform-marker': { tool: { name: 'platform-marker', version: '9.9.9' } },
  'builder, one sealed and one not': { builder: { ...report([]).builder, sealed: false } },
  BuildKit: { builder: { ...report([]).builder, versions: { buildx: '0.31.0', buildkit: 'v0.31' } } },
  'build platform': { builder: { ...report([]).builder, platform: 'linux/arm64' } },
};
for (const [what, changed] of Object.entries(DIFFERENT)) {
  test(`Different inputs are refused with both files: ${what}`, () => {
    const message = refusal(change(shardsOf(MATRIX, 3), 1, changed));
    assert.ok(message.startsWith(`out/2/report.json: different inputs: another ${what} (`), message);
    assert.match(message, /than in out\/1\/report\.json \(/);
    assert.is(message.split('\n').length, 1);
  });
}

test('Shards of two splits are refused, also where only the times differ that they are by', () => {
  const [one, two] = [shardsOf(MATRIX, 2), shardsOf(MATRIX, 3)];
  assert.match(refusal([...one.slice(0, 1), ...two.slice(1)]), 'another number of shards (3) than');
  const shard = two[1]?.report.shard;
  assert.ok(shard);
  assert.match(
    refusal(change(two, 1, { shard: { ...shard, times: digest('c') } })),
    /TIMES\) \(sha256:c+…\).*\(none\)/,
  );
});

test('A base that is not the same in two shards of one distro is refused', () => {
  const files = shardsOf({ ...MATRIX, distros: DISTROS.slice(0, 1) }, 2);
  const cells = (files[1]?.report.cells ?? []).map((cell) => ({
    ...cell,
    base: { ...cell.base, kind: 'registry' as const },
  }));
  assert.match(refusal(change(files, 1, { cells })), /out\/2.*the base of one is registry.*stand-in.*out\/1/);
});

test('A frontend whose tag has moved between two shards is refused; marker images and what is on loopback are not', () => {
  const frontend = (of: string) => ({
    kind: 'image',
    name: 'ghcr.io/project-dalec/dalec/frontend',
    digest: digest(of),
  });
  const local = (of: string) => ({ kind: 'image', name: '127.0.0.1:5480/base/x', digest: digest(of) });
  const marker = (of: string) => ({ kind: 'image', name: 'registry.example/marker/x', digest: digest(of) });
  const using = (at: number, materials: ReportCell['materials'], markerDigest: string) => ({
    cells: (shardsOf(MATRIX, 2)[at]?.report.cells ?? []).map((cell) => ({
      ...cell,
      materials,
      markerDigest,
    })),
  });
  const shards = (moved: string) =>
    change(
      change(shardsOf(MATRIX, 2), 0, using(0, [frontend('1'), local('3'), marker('5')], digest('5'))),
      1,
      using(1, [frontend(moved), local('4'), marker('6')], digest('6')),
    );
  assert.ok(mergeReports(shards('1')).verified);
  assert.match(refusal(shards('2')), /^out\/2.*dalec\/frontend is sha256:2+ here, and sha256:1+ in out\/1/);
});

test('A report that lacks a cell of its shard, or holds one of another, is named with the cell', () => {
  const files = shardsOf(MATRIX, 3);
  const [first, second] = files.map(({ report: { cells } }) => cells);
  assert.match(
    refusal(change(files, 0, { cells: first?.slice(1) ?? [] })),
    /^out\/1\/report\.json: gap: lacks one worker-context linux\/amd64, which shard 1\/3 verifies$/,
  );
  assert.match(
    refusal(change(files, 0, { cells: [...(first ?? []), ...(second?.slice(0, 1) ?? [])] })),
    /^out\/1\/report\.json: overlap: holds two worker-context linux\/amd64, which shard 2 verifies$/,
  );
});

test('A whole is verified only where every shard’s own controls were there and caught', () => {
  const files = shardsOf(MATRIX, 3);
  assert.ok(mergeReports(files).verified);
  const without = mergeReports(change(files, 1, { controls: [] }));
  assert.not(without.verified);
  assert.match(without.notes.join('\n'), 'shard 2/3 has no controls');
  const controls = (files[2]?.report.controls ?? []).map((one) => ({ ...one, verdict: 'pass' as const }));
  assert.not(mergeReports(change(files, 2, { controls })).verified);
});

test('What a report says of itself does not count: a shard with a cell that fell short is not verified', () => {
  const files = shardsOf(MATRIX, 3);
  const cells = (files[0]?.report.cells ?? []).map((cell) => ({ ...cell, verdict: 'unproven' as const }));
  assert.not(mergeReports(change(files, 0, { cells, verified: true })).verified);
});

test('What a whole report says of itself does not count either, nor what a control says of its being caught', () => {
  const cells = cellsOf(MATRIX);
  const whole = fileOf('out/report.json', reportOf(cells));
  const short = cells.map((cell, at) => (at === 0 ? { ...cell, verdict: 'wrong-platform' as const } : cell));
  const merged = mergeReports(change([whole], 0, { cells: short }));
  assert.not(merged.verified);
  assert.is(merged.totals.verdicts.pass, cells.length - 1);
  const missed = whole.report.controls.map((one) => ({ ...one, verdict: 'pass' as const }));
  for (const files of [[whole], shardsOf(MATRIX, 2)]) {
    const { verified, totals, controls } = mergeReports(change(files, 0, { controls: missed }));
    assert.not(verified);
    assert.is(totals.controlsCaught, totals.controls - missed.length);
    assert.is(controls.filter(({ caught }) => !caught).length, missed.length);
  }
});

test('The worst of a canary counts, with a note of the shard that it was in', () => {
  const canary = (outcome: 'ran' | 'refused') => [{ platform: 'linux/arm64', op: 'linux/amd64', outcome }];
  const files = shardsOf(MATRIX, 3).map((one, at) =>
    change([one], 0, { canaries: canary(at === 1 ? 'ran' : 'refused') }),
  );
  const { canaries, notes } = mergeReports(files.flat());
  assert.equal(canaries, canary('ran'));
  assert.equal(notes, ['the canary linux/arm64 in an op of linux/amd64: ran in shard 2/3, not in all']);
});

test('A whole takes from its first beginning to its last end, and builders of several names are all named', () => {
  const files = shardsOf(MATRIX, 2);
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
  const { builder } = report([]);
  const later = change(files, 1, { startedAt: at(5), seconds: 30, builder: { ...builder, name: 'b' } });
  const merged = mergeReports(change(later, 0, { startedAt: at(0), seconds: 20 }));
  assert.is(merged.startedAt, at(0));
  assert.is(merged.seconds, 35);
  assert.is(merged.builder.name, 'own engine; b');
});

test.run();
