import { logEnd } from '../engine/commandError.ts';
import { spellCommand, spellName } from '../fault/spelling.ts';
import { emulatorFor } from '../proof/canary.ts';
import { cleanLog } from './cleanLog.ts';
import { redactText } from '../proof/redact.ts';
import { PATHS } from '../proof/verdict.ts';
import { byDistro } from '../report/byDistro.ts';
import { outcomeOf } from '../report/outcome.ts';
import type { Report, ReportCell, ReportControl } from '../report/schema.ts';
import type { CheckedCell } from './checkRun.ts';
import { CONTROLS } from './controls.ts';
import { reportGraph } from './reportGraph.ts';
import { reportPolicy } from './reportPolicy.ts';
import type { RunRecord } from './runRecord.ts';

/** The report of a run that was checked. `seconds` is the wall time of the whole run, `version` the tool's. */
export function makeReport(
  record: RunRecord,
  checked: readonly CheckedCell[],
  seconds: number,
  version: string,
): Report {
  const { builder, canaries, notes, startedAt, subject } = record;
  const cells = checked
    .filter(({ cell }) => cell.control === undefined)
    .map((one) => reportCell(one, record));
  const controls = checked.flatMap((one) => reportControl(one, builder));
  return {
    schemaVersion: 1,
    tool: { name: 'platform-marker', version },
    startedAt,
    seconds: round(seconds),
    subject,
    inputs: record.inputs,
    ...(record.shard === undefined ? {} : { shard: record.shard }),
    builder: {
      name: builder.name,
      driver: builder.driver,
      sealed: builder.sealed,
      ...(builder.unsealedBecause === undefined ? {} : { unsealedBecause: builder.unsealedBecause }),
      platform: builder.platform,
      ...(builder.nodes === undefined ? {} : { nodes: builder.nodes }),
      versions: builder.versions,
    },
    canaries: canaries.map(({ platform, op, outcome, node }) => ({
      platform,
      op,
      outcome,
      ...(node === undefined ? {} : { node }),
    })),
    cells: sortCells(cells),
    controls,
    ...outcomeOf(cells, controls),
    notes: [...notes.map(cleanLog), ...allowedEmulators(record)],
  };
}

/** A pass that counts although an emulator answered has to be told from one that is a proof. */
function allowedEmulators({ allowEmulator, canaries, builder, cells }: RunRecord): string[] {
  if (!allowEmulator) return [];
  const platforms = new Set(cells.map(({ platform }) => platform));
  const machines = new Set((builder.nodes ?? [builder]).map(({ platform }) => platform));
  const found = [...platforms].flatMap((platform) =>
    [...machines].flatMap((machine) => emulatorFor(platform, canaries, machine, builder.nodes) ?? []),
  );
  return [...new Set(found)].map(
    (what) => `not a proof, counted because of ${spellName('ALLOW_EMULATOR')}: ${what}`,
  );
}

/** Distros in the order in which they were asked for, then paths, then platforms. */
function sortCells(cells: readonly ReportCell[]): ReportCell[] {
  const order = (cell: ReportCell) => PATHS.indexOf(cell.path);
  return [...byDistro(cells).values()].flatMap((own) => own.sort((a, b) => order(a) - order(b)));
}

function reportCell({ cell, ...checked }: CheckedCell, record: RunRecord): ReportCell {
  const { distro, path, platform } = cell;
  const base = record.bases[distro];
  const real = base !== undefined && 'base' in base ? base.base : undefined;
  return {
    distro,
    path,
    platform,
    verdict: checked.verdict,
    detail: checked.detail,
    marker: checked.marker ?? null,
    expected: platform,
    base: { ref: base?.ref ?? '', kind: real?.kind ?? null, digest: real?.digest ?? null },
    markerDigest: checked.markerDigest ?? null,
    seconds: round(cell.seconds),
    execOps: checked.execOps.map(({ command, platform: of, foreign }) => ({
      command: redactText(command),
      platform: of,
      foreign,
    })),
    materials: checked.materials.map((material) => ({
      kind: material.kind,
      name: redactText(material.name),
      ...(material.digest === undefined ? {} : { digest: material.digest }),
      ...(material.platform === undefined ? {} : { platform: material.platform }),
    })),
    root: checked.root.map(({ name, digest, platform, path }) => ({
      name: redactText(name),
      ...(digest === undefined ? {} : { digest }),
      ...(platform === undefined ? {} : { platform }),
      path,
    })),
    installed: parseInstalled(checked.installed),
    ...reportProgram(checked.program),
    graph: reportGraph(checked.steps, checked.machine),
    ...reportPolicy(checked, distro, path),
    ...(checked.log === undefined ? {} : { log: logEnd(checked.log) }),
    rerun: spellCommand('verify', {
      ...record.given,
      DISTRO: distro,
      WORKER_PATH: path,
      PLATFORM: platform,
    }),
  };
}

/** What a worker wrote of itself is a claim, and may be anything at all. */
function parseInstalled(text: string | undefined): ReportCell['installed'] {
  if (text === undefined) return null;
  try {
    const claim: unknown = JSON.parse(text);
    if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return null;
    const pairs = Object.entries(claim).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    return Object.fromEntries(pairs.map(([name, value]) => [name, redactText(value)]));
  } catch {
    return null;
  }
}

function reportProgram(found: CheckedCell['program']): Pick<ReportCell, 'program'> {
  if (found === undefined) return {};
  const { path, machine, bits, endian, architecture } = found;
  return {
    program: { path, machine, bits, endian, ...(architecture === undefined ? {} : { architecture }) },
  };
}

function reportControl(
  { cell, verdict, detail }: CheckedCell,
  { platform: builder, buildPlatforms = {} }: RunRecord['builder'],
): ReportControl[] {
  const buildPlatform = buildPlatforms[cell.platform] ?? builder;
  const control = CONTROLS.find(({ name }) => name === cell.control);
  if (control?.appliesTo(cell.platform, buildPlatform) !== true) return [];
  const { distro, path, platform } = cell;
  const { name, breaks, expects } = control;
  return [
    { name, breaks, distro, path, platform, expected: expects, verdict, detail, caught: verdict === expects },
  ];
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
