// `make merge REPORTS=…`: joins the reports of all shards of a matrix into that of the whole.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { mergeFiles } from '../lib/cli/mergeFiles.ts';
import { publishReport } from '../lib/cli/publishReport.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { textOf } from '../lib/cli/variable.ts';
import { wrongInput } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { lockFolder } from '../lib/flow/outLock.ts';
import { splitNames } from '../lib/matrix/select.ts';
import { formatShard } from '../lib/matrix/shard.ts';
import { mergeReports } from '../lib/report/merge/mergeReports.ts';
import { readReportFile } from '../lib/report/readReportFile.ts';

export const program = new Command('merge')
  .description('join the reports of all shards of a matrix into that of the whole')
  .argument('[reports...]', 'the report.json of each shard, or its folder')
  .addOption(new Option('--reports <reports>', 'the same, separated by white space').env('REPORTS'))
  .addOption(new Option('--out <folder>', 'where the merged report goes').env('OUT').default('out'));

export const run: VerbRun = async (options, { say }) => {
  const out = resolve(textOf(options, 'out') ?? 'out');
  const named = program.args.length > 0 ? program.args : splitNames(textOf(options, 'reports'));
  if (named.length === 0) {
    const next = `name those of all shards: ${spellCommand('merge', { REPORTS: '"out/*/report.json"' })}`;
    throw wrongInput({ message: 'no reports to merge', next });
  }
  const files = await Promise.all((await mergeFiles(named, out)).map(readReportFile));
  for (const { file, report } of files) {
    const of = report.shard === undefined ? 'the whole matrix' : `shard ${formatShard(report.shard)}`;
    say(`${file}: ${of}, ${report.cells.length} cells, ${report.seconds} s`);
  }
  const merged = mergeReports(files);
  await mkdir(out, { recursive: true });
  const lock = await lockFolder(out);
  try {
    return await publishReport(merged, out, { isMerged: true });
  } finally {
    await lock.release();
  }
};
