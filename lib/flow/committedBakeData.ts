import type { BakeData } from '../bake/bakeData.ts';
import type { Matrix } from '../matrix/types.ts';
import { PATHS } from '../proof/verdict.ts';
import { makeWorker } from './workers.ts';

/**
 * The bake data that is committed, for `docker buildx bake` by hand: each distro's real base from its registry, and the
 * default subject by every path on the marker layouts that `bake marker` leaves. All paths are relative.
 */
export function committedBakeData(matrix: Matrix): BakeData {
  const [subject] = matrix.subjects;
  const distros = matrix.distros.map(({ name, baseRef, platforms }) => ({
    name,
    platforms,
    contexts: { base: `docker-image://${baseRef}`, marker: 'stages/marker' },
    out: `out/marker/${name}`,
  }));
  const workers = matrix.distros.flatMap((distro) =>
    subject === undefined
      ? []
      : PATHS.map((path) => {
          const marker = `oci-layout://out/marker/${distro.name}:latest`;
          return makeWorker({
            subject,
            distro,
            path,
            marker,
            installable: true,
            project: '.',
            buildFiles: 'out/run/subject',
            out: 'out/probe',
          });
        }),
  );
  return { stages: 'stages', distros, workers };
}
