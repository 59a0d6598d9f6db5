import type { Report, ReportShard } from '../schema.ts';

/** The report of one shard, under the name that its file was given by. */
export interface ShardFile {
  file: string;
  report: Report;
  shard: ReportShard;
}
