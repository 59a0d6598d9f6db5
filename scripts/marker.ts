// `make marker`: the marker images alone, without seals, so that the same base gives the same digests in every clone.
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { resolveBases } from '../lib/base/resolveBases.ts';
import { own, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { findBuilder } from '../lib/engine/findBuilder.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { makeMarkers } from '../lib/flow/makeMarkers.ts';
import { markerRequests } from '../lib/flow/markerRequests.ts';
import { wholeOnes } from '../lib/flow/markDistros.ts';
import { takeOutFolder } from '../lib/flow/outFolder.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { selectDistros, selectPlatforms } from '../lib/matrix/select.ts';

const WANTED = ['distro', 'platform', 'bases', 'require-real-bases', 'builder', 'marker-registry', 'out'];
export const program = new Command('marker').description('build the marker image of every distro');
for (const option of verifyOptions) if (WANTED.includes(option.name())) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const options = readVerifyOptions(given);
  const matrix = await readMatrix(project.distros);
  const distros = selectPlatforms(selectDistros(matrix, options.distros), options.platforms);
  const out = await takeOutFolder(resolve(options.out));
  const builder = await findBuilder(options.builder, say, signal, options.markerRegistry);
  try {
    const { bases: layouts, requireRealBases: requireReal } = options;
    const bases = await resolveBases({ distros, builder, layouts, requireReal, say, note: say, signal });
    const requests = markerRequests(distros, bases, join(out.path, 'marker'));
    const made = await makeMarkers(requests, {
      builder,
      ...own,
      run: join(out.path, 'run'),
      whole: out.whole,
      signal,
    });
    await out.markersAreWhole(wholeOnes([...made.values()]));
    for (const { name } of distros) {
      const resolved = bases.get(name);
      const marker = made.get(name);
      const problem = resolved && 'problem' in resolved ? resolved.problem : undefined;
      if (marker && 'digest' in marker && resolved && 'base' in resolved) {
        echo(`${name} ${resolved.base.kind} ${marker.digest} ${marker.layout}`);
      } else echo(`${name} failed: ${problem ?? (marker && 'log' in marker ? marker.log : '')}`);
    }
    const whole = distros.every(({ name }) => 'digest' in (made.get(name) ?? {}));
    return whole ? EXIT.verified : EXIT.fellShort;
  } finally {
    await builder.stop();
    await out.release();
  }
};
