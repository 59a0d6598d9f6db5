// `make reproduce`: the same inputs give the same marker images: built from the cache, without it, and by another builder.
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { echo } from 'zx';
import { resolveBases } from '../lib/base/resolveBases.ts';
import { own, project } from '../lib/cli/paths.ts';
import type { VerbRun } from '../lib/cli/runVerb.ts';
import { readVerifyOptions, verifyOptions } from '../lib/cli/verifyOptions.ts';
import { requireUnnamed } from '../lib/engine/findBuilder.ts';
import { findGivenBuilder } from '../lib/engine/givenBuilder.ts';
import { useOwnBuilder } from '../lib/engine/ownBuilder.ts';
import { EXIT } from '../lib/fault/fault.ts';
import { markerRequests } from '../lib/flow/markerRequests.ts';
import { takeOutFolder } from '../lib/flow/outFolder.ts';
import { reproduceMarkers, type Again } from '../lib/flow/reproduceMarkers.ts';
import { readMatrix } from '../lib/matrix/readMatrix.ts';
import { selectDistros, selectPlatforms } from '../lib/matrix/select.ts';

const WANTED = ['distro', 'platform', 'bases', 'require-real-bases', 'marker-registry', 'out'];
export const program = new Command('reproduce').description(
  'build the marker images again, and compare their digests',
);
for (const option of verifyOptions) if (WANTED.includes(option.name())) program.addOption(option);

export const run: VerbRun = async (given, { say, signal }) => {
  const options = readVerifyOptions({ ...given, builder: 'own' });
  const matrix = await readMatrix(project.distros);
  const distros = selectPlatforms(selectDistros(matrix, options.distros), options.platforms);
  const out = await takeOutFolder(resolve(options.out));
  const stops: (() => Promise<void>)[] = [];
  try {
    const engine = await useOwnBuilder({ say, signal });
    stops.push(() => engine.stop());
    const other = await findGivenBuilder(signal, options.markerRegistry);
    if ('builder' in other) stops.push(() => other.builder.stop());
    else {
      requireUnnamed(other.unfit, other.next);
      say(`${other.unfit}: no other builder to compare with; BUILDX_BUILDER names one`);
    }
    const times: Again[] = [
      { name: engine.name, builder: engine, noCache: false },
      { name: `${engine.name}, no cache`, builder: engine, noCache: true },
      ...('builder' in other ? [{ name: other.builder.name, builder: other.builder, noCache: false }] : []),
    ];
    const { bases: layouts, requireRealBases: requireReal } = options;
    const bases = await resolveBases({
      distros,
      builder: engine,
      layouts,
      requireReal,
      say,
      note: say,
      signal,
    });
    const requests = markerRequests(distros, bases, join(out.path, 'reproduce'));
    const run = join(out.path, 'run');
    const found = await reproduceMarkers(requests, times, {
      ...own,
      out: join(out.path, 'reproduce'),
      run,
      say,
      signal,
    });
    for (const { distro, digests, isSame } of found) {
      echo(`${distro}: ${isSame ? 'the same' : 'DIFFERENT'}`);
      for (const [name, one] of Object.entries(digests))
        echo(`  ${'digest' in one ? one.digest : `failed: ${one.log.trim()}`}  ${name}`);
    }
    for (const { name } of distros) {
      const base = bases.get(name);
      if (base === undefined || 'problem' in base) echo(`${name}: not built: ${base?.problem ?? 'no base'}`);
    }
    const same = found.filter(({ isSame }) => isSame).length;
    const builders = new Set(times.map(({ builder }) => builder)).size;
    echo(
      `${same === distros.length ? 'reproduced' : 'not reproduced'}: ${same} of ${distros.length} marker images have the same digest in ${times.length} builds, by ${builders} builder${builders === 1 ? '' : 's'}`,
    );
    return same === distros.length ? EXIT.verified : EXIT.fellShort;
  } finally {
    for (const stop of stops.reverse()) await stop();
    await out.release();
  }
};
