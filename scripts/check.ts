// `make check`: judges again what the last run left in out/, or asserts the markers of any layout. Nothing is built.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { chalk, echo } from 'zx';
import { checkOptions, readCheckOptions, type LayoutRequest } from '../lib/cli/checkLayoutOptions.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { EXIT, wrongInput } from '../lib/fault/fault.ts';

export const program = new Command('check').description(
  'judge again what the last run left, or assert a layout’s markers',
);
for (const option of checkOptions) program.addOption(option);

export const run: VerbRun = async (options, { signal }) => {
  const request = readCheckOptions(options);
  return 'layout' in request ? checkMarkersOf(request, signal) : checkRunIn(resolve(request.out));
};

/** Either way loads only what it needs. */
async function checkRunIn(out: string): Promise<number> {
  const { concludeRun } = await import('../lib/cli/concludeRun.ts');
  const { project } = await import('../lib/cli/paths.ts');
  const { cloneKey } = await import('../lib/flow/cloneKey.ts');
  const { lockFolder } = await import('../lib/flow/outLock.ts');
  const { readRunRecord } = await import('../lib/flow/runRecord.ts');
  const key = await cloneKey(project.folder);
  const record = await readRunRecord(out, key);
  const { release } = await lockFolder(out);
  try {
    return await concludeRun(record, out, key);
  } finally {
    await release();
  }
}

async function checkMarkersOf(request: LayoutRequest, signal: AbortSignal): Promise<number> {
  const { checkLayout } = await import('../lib/cli/checkLayout.ts');
  const { layoutComplaint, layoutLines } = await import('../lib/cli/checkLayoutText.ts');
  const report = await checkLayout(request, signal);
  if (request.json) {
    const { layoutReportSchema } = await import('../lib/cli/checkLayoutReport.ts');
    echo(JSON.stringify(layoutReportSchema.parse(report), null, 2));
  }
  if (report.error !== null) throw wrongInput(layoutComplaint(report.error));
  if (!request.json) {
    for (const line of layoutLines(report, (text, good) => (good ? chalk.green(text) : chalk.red(text))))
      echo(line);
  }
  return report.ok ? EXIT.verified : EXIT.fellShort;
}
