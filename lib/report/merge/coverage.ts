import type { Complaint } from '../../fault/fault.ts';
import { spellCommand } from '../../fault/spelling.ts';
import { formatShard } from '../../matrix/shard.ts';
import { cellKey } from '../compare.ts';
import type { ReportShard } from '../schema.ts';
import type { ShardFile } from './shardFile.ts';

/** More than this nobody reads in a line. */
const NAMED_CELLS = 3;

/**
 * What is in no report or in more than one, of shards of one split: a shard without a report, one with two, and a report
 * that does not hold just the cells of its shard.
 */
export function coverageComplaints(shards: readonly ShardFile[]): Complaint[] {
  const [first] = shards;
  if (first === undefined) return [];
  const { of } = first.shard;
  const cells = cellsByShard(first.shard);
  const complaints: Complaint[] = [];
  for (let index = 1; index <= of; index += 1) {
    const own = shards.filter(({ shard }) => shard.index === index);
    const name = formatShard({ index, of });
    const expected = cells.get(index) ?? new Map<string, string>();
    const [one, ...more] = own;
    if (one === undefined)
      complaints.push({
        message: `gap: no report is of shard ${name}, which verifies ${list([...expected.values()])}`,
        next: `run \`${spellCommand('verify', { SHARD: name })}\` on the same inputs, or name its report too`,
      });
    for (const other of more)
      complaints.push({
        message: `overlap: is of shard ${name}, and so is ${one?.file ?? ''}: both hold ${list([...expected.values()])}`,
        place: { file: other.file },
        next: 'leave one of them out',
      });
    for (const file of own) complaints.push(...cellComplaints(file, name, expected, cells));
  }
  return complaints;
}

function cellComplaints(
  { file, report }: ShardFile,
  shard: string,
  expected: ReadonlyMap<string, string>,
  all: ReadonlyMap<number, ReadonlyMap<string, string>>,
): Complaint[] {
  const found = new Map(report.cells.map((cell) => [cellKey(cell), nameOf(cell)]));
  const lacking = [...expected].filter(([key]) => !found.has(key)).map(([, name]) => name);
  const foreign = [...found].filter(([key]) => !expected.has(key)).map(([, name]) => name);
  const owner = [...all].find(([, cells]) =>
    [...found.keys()].some((key) => !expected.has(key) && cells.has(key)),
  );
  const complaints: Complaint[] = [];
  const place = { file };
  if (lacking.length > 0)
    complaints.push({ message: `gap: lacks ${list(lacking)}, which shard ${shard} verifies`, place });
  if (foreign.length > 0) {
    const whose = owner === undefined ? 'no shard of this split verifies' : `shard ${owner[0]} verifies`;
    complaints.push({ message: `overlap: holds ${list(foreign)}, which ${whose}`, place });
  }
  if (found.size < report.cells.length)
    complaints.push({ message: 'overlap: holds a cell more than once', place });
  return complaints;
}

/** The names of the cells of each shard, by their keys. */
function cellsByShard({ split }: ReportShard): Map<number, Map<string, string>> {
  const cells = new Map<number, Map<string, string>>();
  for (const { shard, distro, paths, platforms } of split) {
    const own = cells.get(shard) ?? new Map<string, string>();
    for (const path of paths)
      for (const platform of platforms) {
        const cell = { distro, path, platform };
        own.set(cellKey(cell), nameOf(cell));
      }
    cells.set(shard, own);
  }
  return cells;
}

function nameOf({ distro, path, platform }: { distro: string; path: string; platform: string }): string {
  return `${distro} ${path} ${platform}`;
}

function list(names: readonly string[]): string {
  const more = names.length > NAMED_CELLS ? ` and ${names.length - NAMED_CELLS} more cells` : '';
  return names.slice(0, NAMED_CELLS).join(', ') + more;
}
