import { wrongInput, type Complaint } from '../../fault/fault.ts';
import { formatShard } from '../../matrix/shard.ts';
import { PATHS } from '../../proof/verdict.ts';
import { byDistro } from '../byDistro.ts';
import { cellKey } from '../compare.ts';
import { outcomeOf } from '../outcome.ts';
import type { ReportFile } from '../readReportFile.ts';
import type { Report } from '../schema.ts';
import { coverageComplaints } from './coverage.ts';
import { inputComplaints } from './sameInputs.ts';
import { mergeCanaries } from './mergeCanaries.ts';
import { sourceComplaints } from './sameSources.ts';
import type { ShardFile } from './shardFile.ts';

/**
 * Joins the reports of all shards of one matrix into the report that a run of the whole would have made, in whatever order
 * they come: its cells in the order of distros.yaml, the controls and canaries of every shard, the time from the first
 * beginning to the last end. The report of a whole matrix by itself stays what it is. What they came to is counted anew, of
 * whole ones too: a report is a file that can say anything of itself.
 *
 * @throws {Fault} (wrong input) that names every gap, overlap and difference of inputs with the reports that it is between.
 */
export function mergeReports(files: readonly ReportFile[]): Report {
  const [only] = files;
  if (only === undefined)
    throw wrongInput({ message: 'no report to merge', next: 'name those of all shards' });
  if (files.length === 1 && only.report.shard === undefined) return recounted(only.report);
  const shards = inOrder(files);
  refuse(inputComplaints(shards));
  refuse([...coverageComplaints(shards), ...sourceComplaints(shards)]);
  return join(shards);
}

function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length > 0) throw wrongInput(complaints);
}

function inOrder(files: readonly ReportFile[]): ShardFile[] {
  const whole = files.filter(({ report }) => report.shard === undefined);
  refuse(
    whole.map(({ file }) => ({
      message: 'is of a whole matrix, and no shard of one: it cannot be merged with others',
      place: { file },
    })),
  );
  return files
    .flatMap(({ file, report }) =>
      report.shard === undefined ? [] : [{ file, report, shard: report.shard }],
    )
    .sort((a, b) => a.shard.index - b.shard.index || (a.file < b.file ? -1 : 1));
}

function join(shards: readonly ShardFile[]): Report {
  const [first] = shards;
  if (first === undefined) throw new RangeError('no report to merge');
  const reports = shards.map(({ report }) => report);
  const whole = recounted({
    cells: sortCells(shards),
    controls: reports.flatMap((report) => report.controls),
  });
  // A shard whose own controls were not there or not caught proves nothing of its cells, whatever the others' are.
  const lacking = shards.filter(({ report }) => report.controls.length === 0);
  const { canaries, notes } = mergeCanaries(shards);
  const names = [...new Set(reports.map(({ builder }) => builder.name))];
  const nodes = new Map(
    reports.flatMap(({ builder }) => (builder.nodes ?? []).map((node) => [node.name, node])),
  );
  const reasons = [...new Set(reports.flatMap(({ builder }) => builder.unsealedBecause ?? []))];
  return {
    ...withoutShard(first.report),
    ...timesOf(reports),
    builder: {
      ...first.report.builder,
      name: names.join('; '),
      ...(nodes.size === 0 ? {} : { nodes: [...nodes.values()] }),
      ...(reasons.length === 0 ? {} : { unsealedBecause: reasons.join('; ') }),
    },
    canaries,
    ...whole,
    verified: whole.verified && lacking.length === 0,
    notes: [
      ...new Set([
        ...reports.flatMap((report) => report.notes),
        ...notes,
        ...lacking.map(
          ({ shard }) => `shard ${formatShard(shard)} has no controls, so its cells prove nothing`,
        ),
      ]),
    ],
  };
}

/** With the totals and the outcome that its cells and controls have. */
function recounted<R extends Pick<Report, 'cells' | 'controls'>>(
  report: R,
): R & Pick<Report, 'totals' | 'verified'> {
  const controls = report.controls.map((one) => ({ ...one, caught: one.verdict === one.expected }));
  return { ...report, controls, ...outcomeOf(report.cells, controls) };
}

function withoutShard(report: Report): Report {
  const { ...whole } = report;
  delete whole.shard;
  return whole;
}

/** From the first beginning to the last end. */
function timesOf(reports: readonly Report[]): Pick<Report, 'startedAt' | 'seconds'> {
  const begins = reports.map(({ startedAt }) => Date.parse(startedAt));
  const ends = reports.map(({ seconds }, at) => (begins[at] ?? 0) + seconds * 1000);
  const [begin, end] = [Math.min(...begins), Math.max(...ends)];
  return { startedAt: new Date(begin).toISOString(), seconds: Math.round((end - begin) / 10) / 100 };
}

/** As the report of a whole run has them. */
function sortCells(shards: readonly ShardFile[]): Report['cells'] {
  const split = shards[0]?.shard.split ?? [];
  const order = new Map<string, number>();
  for (const [distro, parts] of byDistro(split)) {
    for (const path of PATHS)
      for (const part of parts.filter(({ paths }) => paths.includes(path)))
        for (const platform of part.platforms) order.set(cellKey({ distro, path, platform }), order.size);
  }
  return shards
    .flatMap(({ report }) => report.cells)
    .map((cell) => ({ cell, at: order.get(cellKey(cell)) ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ cell }) => cell);
}
