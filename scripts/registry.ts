// `make registry`: serves out/marker/ at the address that the policies name, for using docker by hand.
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { echo } from 'zx';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { findBuilder } from '../lib/engine/findBuilder.ts';
import { wrongInput } from '../lib/fault/fault.ts';
import { spellCommand } from '../lib/fault/spelling.ts';
import { MARKER_PORT } from '../lib/policy/generatePolicy.ts';
import { startRegistryProcess } from '../lib/registry/registryProcess.ts';

export const program = new Command('registry')
  .description('serve the marker images until Ctrl-C')
  .addOption(new Option('--out <folder>', 'where the marker images are').env('OUT').default('out'));

export const run: VerbRun = async (options, { say, signal }) => {
  const folder = resolve(String(options['out']), 'marker');
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => !name.startsWith('.'));
  if (names.length === 0) {
    throw wrongInput({
      message: `there are no marker images in ${folder}`,
      next: `make them with \`${spellCommand('marker')}\``,
    });
  }
  const builder = await findBuilder('auto', say, signal);
  try {
    const repositories = Object.fromEntries(names.map((name) => [`marker/${name}`, join(folder, name)]));
    const served = await startRegistryProcess({
      repositories,
      port: MARKER_PORT,
      wrap: builder.enter,
      signal,
      onProblem: say,
    });
    for (const name of names) echo(`${served.address}/marker/${name}:latest`);
    say('serving until Ctrl-C');
    const end = AbortSignal.any([signal, served.gone]);
    await once(end, 'abort').finally(() => served.close());
    throw end.reason as Error;
  } finally {
    await builder.stop();
  }
};
