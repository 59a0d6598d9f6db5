// `make marker`: the marker images alone, without seals, so that the same base gives the same digests in every clone.
import { join } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { resolveBases } from '../lib/base/resolveBases.ts';
import { buildInto, type BuildPlace } from '../lib/cli/buildInto.ts';
import { own, project } from '../lib/cli/paths.ts';
import type { VerbContext, VerbRun } from '../lib/cli/runVerb.ts';
import { readVerifyOptions, verifyOptions, type VerifyOptions } from '../lib/cli/verifyOptions.ts';
import { requireAnswer } from '../lib/engine/onBuilder.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { cleanLog } from '../lib/flow/cleanLog.ts';
import { makeMarkers } from '../lib/flow/makeMarkers.ts';
import { markerRequests } from '../lib/flow/markerRequests.ts';
import { wholeOnes } from '../lib/flow/markDistros.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import type { Distro } from '../lib/matrix/types.ts';
import { selectDistros, selectPlatforms } from '../lib/matrix/select.ts';

const WANTED = ['distro', 'platform', 'bases', 'require-real-bases', 'builder', 'marker-registry', 'out'];
export const program = new Command('marker').description('build the marker image of every distro');
for (const option of verifyOptions) if (WANTED.includes(option.name())) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const options = readVerifyOptions(given);
  const matrix = await readMatrix(project.distros);
  const distros = selectPlatforms(selectDistros(matrix, options.distros), options.platforms);
  return buildInto(options, { say, signal }, (place) => makeAll(distros, options, { ...place, say }));
};

/** Makes and prints them, a line each. */
async function makeAll(
  distros: readonly Distro[],
  options: VerifyOptions,
  { builder, out, say, signal }: BuildPlace & Pick<VerbContext, 'say'>,
): Promise<number> {
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
  const whole = distros.every(({ name }) => 'digest' in (made.get(name) ?? {}));
  if (!whole) await requireAnswer(builder, signal);
  for (const { name } of distros) {
    const resolved = bases.get(name);
    const marker = made.get(name);
    const problem = resolved && 'problem' in resolved ? resolved.problem : undefined;
    if (marker && 'digest' in marker && resolved && 'base' in resolved) {
      echo(`${name} ${resolved.base.kind} ${marker.digest} ${marker.layout}`);
    } else echo(`${name} failed: ${problem ?? (marker && 'log' in marker ? cleanLog(marker.log) : '')}`);
  }
  return whole ? EXIT.verified : EXIT.fellShort;
}
