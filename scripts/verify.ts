// `make verify`: the whole flow, from distros.yaml to the report.
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { concludeRun } from '../lib/cli/concludeRun.ts';
import { isVerbose, showProgress, verboseOption } from '../lib/cli/live.ts';
import { own, project } from '../lib/cli/paths.ts';
import { runVerb } from '../lib/cli/runVerb.ts';
import { givenVariables, readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { findBuilder } from '../lib/engine/findBuilder.ts';
import { buildRun } from '../lib/flow/buildRun.ts';
import { readFrontend } from '../lib/flow/frontend.ts';
import { cloneKey } from '../lib/flow/cloneKey.ts';
import { requirePolicies } from '../lib/flow/requirePolicies.ts';
import { takeOutFolder } from '../lib/flow/outFolder.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { selectDistros, selectPlatforms, selectSubject } from '../lib/matrix/select.ts';

const program = new Command('verify').description('verify every distro by every path on every platform');
for (const option of [...verifyOptions, verboseOption]) program.addOption(option);

await runVerb(program, async (given, { say, signal }) => {
  const started = performance.now();
  const options = readVerifyOptions(given);
  const matrix = await readMatrix(project.distros);
  const rows = selectDistros(matrix, options.distros);
  const distros = selectPlatforms(rows, options.platforms);
  const subject = await selectSubject(matrix, options.subject);
  if (options.paths.includes('source-policy')) await requirePolicies(distros, project.policies);
  const out = await takeOutFolder(resolve(options.out));
  try {
    const builder = await findBuilder(options.builder, say, signal);
    try {
      const frontend =
        options.frontend === undefined
          ? undefined
          : await readFrontend(options.frontend, join(out.path, 'run/frontend'));
      const key = await cloneKey(project.folder);
      const names = distros.map(({ name }) => name);
      const shown = { distros: names, paths: options.paths.length };
      const how = { say, signal, verbose: isVerbose(given) };
      const record = await showProgress(shown, how, (told) =>
        buildRun({
          started,
          project: project.folder,
          bakeFile: own.bakeFile,
          stages: own.stages,
          distros,
          rows,
          paths: options.paths,
          subject,
          frontend,
          given: givenVariables(options),
          out,
          builder,
          key,
          bases: options.bases,
          requireRealBases: options.requireRealBases,
          allowEmulator: options.allowEmulator,
          timeout: options.timeout,
          signal,
          ...told,
        }),
      );
      say('checking');
      return await concludeRun(record, out.path, key);
    } finally {
      await builder.stop();
    }
  } finally {
    await out.release();
  }
});
