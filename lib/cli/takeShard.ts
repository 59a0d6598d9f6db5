import { wrongInput } from '../fault/fault.ts';
import { spellName } from '../fault/spelling.ts';
import type { Shard } from '../matrix/shard.ts';
import { splitMatrix } from '../matrix/splitMatrix.ts';
import type { Distro } from '../matrix/types.ts';
import { sha256 } from '../oci/digest.ts';
import type { Path } from '../proof/verdict.ts';
import { cellKey } from '../report/compare.ts';
import { readReportFile } from '../report/readReportFile.ts';
import type { ReportShard } from '../report/schema.ts';

/** What a shard verifies, and how the matrix was split. */
export interface TakenShard {
  distros: Distro[];
  paths: Path[];
  shard: ReportShard;
}

/**
 * The part of a matrix that is one shard. Expected times are those of a report's cells; which report that was is in the
 * shard's record, for only shards of one split make a whole.
 *
 * @throws {Fault} (wrong input) where that report cannot be read or knows none of the cells, and where there are more shards
 * than cells.
 */
export async function takeShard(
  { index, of }: Shard,
  times: string | undefined,
  distros: readonly Distro[],
  paths: readonly Path[],
): Promise<TakenShard> {
  const report = times === undefined ? undefined : await readReportFile(times);
  const seconds = new Map(report?.report.cells.map((cell) => [cellKey(cell), cell.seconds]));
  const isKnown = distros.some(({ name, platforms }) =>
    paths.some((path) =>
      platforms.some((platform) => seconds.has(cellKey({ distro: name, path, platform }))),
    ),
  );
  if (report !== undefined && !isKnown) {
    throw wrongInput({
      message: 'has no time of any of these cells',
      place: { file: report.file },
      next: `name the report of such a run, or leave ${spellName('TIMES')} out: all cells weigh the same then`,
    });
  }
  const split = splitMatrix(distros, paths, of, (distro, path, platform) =>
    seconds.get(cellKey({ distro, path, platform })),
  );
  const own = split.filter(({ shard }) => shard === index);
  const digest = report === undefined ? null : sha256(report.text);
  return {
    distros: distros.flatMap((distro) => {
      const platforms = own.filter((part) => part.distro === distro.name).flatMap((part) => part.platforms);
      return platforms.length === 0 ? [] : [{ ...distro, platforms }];
    }),
    // The same for all distros of a shard: see `splitMatrix`.
    paths: own[0]?.paths ?? [],
    shard: { index, of, times: digest, split },
  };
}
